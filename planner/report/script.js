"use strict";
(() => {
  const tip = document.getElementById("tip");
  const show = (mark, x, y) => {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const w = tip.offsetWidth, h = tip.offsetHeight;
    tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - w - 8)) + "px";
    tip.style.top = (y + h + 28 > innerHeight ? y - h - 12 : y + 16) + "px";
  };
  const hide = () => { tip.hidden = true; };

  // Each chart is one stop of the tab key; arrows walk through its marks.
  for (const chart of document.querySelectorAll("svg.chart")) {
    let at = null;
    const leave = () => { if (at) at.classList.remove("on"); at = null; hide(); };
    chart.addEventListener("pointermove", e => {
      const mark = e.target.closest("[data-tip]");
      if (mark) show(mark, e.clientX, e.clientY); else hide();
    });
    chart.addEventListener("pointerleave", hide);
    chart.addEventListener("blur", leave);
    chart.addEventListener("keydown", e => {
      if (e.key === "Escape") return leave();
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!step) return;
      const marks = [...chart.querySelectorAll("[data-tip]:not(.off)")];
      if (!marks.length) return;
      e.preventDefault();
      const next = marks[(marks.indexOf(at) + step + marks.length) % marks.length];
      leave();
      at = next;
      at.classList.add("on");
      const box = at.getBoundingClientRect();
      show(at, box.left + box.width / 2, box.top + box.height / 2);
    });
  }

  // The legends show and hide a shape in all charts.
  for (const button of document.querySelectorAll("[data-toggle]")) {
    button.addEventListener("click", () => {
      const name = button.dataset.toggle, on = button.getAttribute("aria-pressed") === "false";
      for (const b of document.querySelectorAll("[data-toggle]")) {
        if (b.dataset.toggle === name) b.setAttribute("aria-pressed", String(on));
      }
      for (const mark of document.querySelectorAll("[data-series]")) {
        if (mark.dataset.series === name) mark.classList.toggle("off", !on);
      }
    });
  }

  for (const radio of document.querySelectorAll(".views input")) {
    radio.addEventListener("change", () => {
      for (const view of document.querySelectorAll(`[data-views="${radio.name}"] [data-view]`)) {
        view.hidden = view.dataset.view !== radio.value;
      }
    });
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.nextElementSibling.textContent);
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
  }

  addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details")) d.open = true; });
})();

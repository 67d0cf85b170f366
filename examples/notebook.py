"""Runs a notebook in real Jupyter and takes out what its cells printed."""
import os

import nbclient
import nbformat


def execute(path, **env):
    """The notebook with its outputs, errors among them; the kernel's environment has env on top of ours."""
    book = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(book, timeout=300, kernel_name="python3", allow_errors=True)
    with client.setup_kernel(env={**os.environ, **env}):
        for index, cell in enumerate(book.cells):
            client.execute_cell(cell, index)
    return book


def save(book, path):
    """Writes the notebook with its outputs, without what changes from run to run."""
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    nbformat.write(book, path)


def texts(book):
    """What each code cell printed or showed, as text; pictures are "<image>"."""
    return {cell.id: "".join(map(text, cell.outputs)) for cell in code(book)}


def text(output):
    if output.output_type == "error":
        return f"<error> {output.ename}: {output.evalue}\n"
    if output.output_type == "stream":
        return output.text if output.name == "stdout" else ""
    if "image/png" in output.data:
        return "<image>\n"
    return output.data["text/plain"] + "\n"


def tags(book):
    return {cell.id: cell.metadata.get("tags", []) for cell in code(book)}


def code(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]

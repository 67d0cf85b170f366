"""The 22 TPC-H queries as PySpark DataFrame code, with the parameters of the specification's validation run.

    python tpch_dataframe.py DIR [Q ...]      DIR holds <table>/*.parquet (make tpch); all queries unless some are named

Each function takes the tables and gives a DataFrame with the columns, in the order, that the specification asks for.
"""
import os
import sys
import time
from datetime import date
from types import SimpleNamespace

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.functions import col, lit

TABLES = "lineitem orders customer part partsupp supplier nation region".split()


def tables(spark, directory):
    return SimpleNamespace(**{name: spark.read.parquet(f"{directory}/{name}") for name in TABLES})


def revenue():
    return col("l_extendedprice") * (1 - col("l_discount"))


def q1(t):
    return (
        t.lineitem.filter(col("l_shipdate") <= date(1998, 9, 2))
        .groupBy("l_returnflag", "l_linestatus")
        .agg(
            F.sum("l_quantity").alias("sum_qty"),
            F.sum("l_extendedprice").alias("sum_base_price"),
            F.sum(revenue()).alias("sum_disc_price"),
            F.sum(revenue() * (1 + col("l_tax"))).alias("sum_charge"),
            F.avg("l_quantity").alias("avg_qty"),
            F.avg("l_extendedprice").alias("avg_price"),
            F.avg("l_discount").alias("avg_disc"),
            F.count("*").alias("count_order"),
        )
        .orderBy("l_returnflag", "l_linestatus")
    )


def q2(t):
    offers = (
        t.region.filter(col("r_name") == "EUROPE")
        .join(t.nation, col("r_regionkey") == col("n_regionkey"))
        .join(t.supplier, col("n_nationkey") == col("s_nationkey"))
        .join(t.partsupp, col("s_suppkey") == col("ps_suppkey"))
    )
    brass = t.part.filter((col("p_size") == 15) & col("p_type").like("%BRASS"))
    cheapest = offers.groupBy(col("ps_partkey").alias("part")).agg(F.min("ps_supplycost").alias("cost"))
    return (
        brass.join(offers, col("p_partkey") == col("ps_partkey"))
        .join(cheapest, (col("p_partkey") == col("part")) & (col("ps_supplycost") == col("cost")))
        .select("s_acctbal", "s_name", "n_name", "p_partkey", "p_mfgr", "s_address", "s_phone", "s_comment")
        .orderBy(F.desc("s_acctbal"), "n_name", "s_name", "p_partkey")
        .limit(100)
    )


def q3(t):
    return (
        t.customer.filter(col("c_mktsegment") == "BUILDING")
        .join(t.orders.filter(col("o_orderdate") < date(1995, 3, 15)), col("c_custkey") == col("o_custkey"))
        .join(t.lineitem.filter(col("l_shipdate") > date(1995, 3, 15)), col("o_orderkey") == col("l_orderkey"))
        .groupBy("l_orderkey", "o_orderdate", "o_shippriority")
        .agg(F.sum(revenue()).alias("revenue"))
        .select("l_orderkey", "revenue", "o_orderdate", "o_shippriority")
        .orderBy(F.desc("revenue"), "o_orderdate")
        .limit(10)
    )


def q4(t):
    late = t.lineitem.filter(col("l_commitdate") < col("l_receiptdate"))
    return (
        t.orders.filter(col("o_orderdate").between(date(1993, 7, 1), date(1993, 9, 30)))
        .join(late, col("o_orderkey") == col("l_orderkey"), "left_semi")
        .groupBy("o_orderpriority")
        .agg(F.count("*").alias("order_count"))
        .orderBy("o_orderpriority")
    )


def q5(t):
    return (
        t.region.filter(col("r_name") == "ASIA")
        .join(t.nation, col("r_regionkey") == col("n_regionkey"))
        .join(t.customer, col("n_nationkey") == col("c_nationkey"))
        .join(t.orders.filter((col("o_orderdate") >= date(1994, 1, 1)) & (col("o_orderdate") < date(1995, 1, 1))),
              col("c_custkey") == col("o_custkey"))
        .join(t.lineitem, col("o_orderkey") == col("l_orderkey"))
        .join(t.supplier, (col("l_suppkey") == col("s_suppkey")) & (col("c_nationkey") == col("s_nationkey")))
        .groupBy("n_name")
        .agg(F.sum(revenue()).alias("revenue"))
        .orderBy(F.desc("revenue"))
    )


def q6(t):
    return (
        t.lineitem.filter((col("l_shipdate") >= date(1994, 1, 1)) & (col("l_shipdate") < date(1995, 1, 1)))
        .filter(col("l_discount").between(lit("0.05").cast("decimal(15,2)"), lit("0.07").cast("decimal(15,2)")))
        .filter(col("l_quantity") < 24)
        .agg(F.sum(col("l_extendedprice") * col("l_discount")).alias("revenue"))
    )


def q7(t):
    suppliers = t.supplier.join(t.nation, col("s_nationkey") == col("n_nationkey")).withColumnRenamed("n_name", "supp_nation")
    customers = (
        t.customer.join(t.nation, col("c_nationkey") == col("n_nationkey"))
        .select("c_custkey", col("n_name").alias("cust_nation"))
    )
    between = ((col("supp_nation") == "FRANCE") & (col("cust_nation") == "GERMANY")) | (
        (col("supp_nation") == "GERMANY") & (col("cust_nation") == "FRANCE"))
    return (
        suppliers.join(t.lineitem, col("s_suppkey") == col("l_suppkey"))
        .filter(col("l_shipdate").between(date(1995, 1, 1), date(1996, 12, 31)))
        .join(t.orders, col("l_orderkey") == col("o_orderkey"))
        .join(customers, col("o_custkey") == col("c_custkey"))
        .filter(between)
        .withColumn("l_year", F.year("l_shipdate"))
        .withColumn("volume", revenue())
        .groupBy("supp_nation", "cust_nation", "l_year")
        .agg(F.sum("volume").alias("revenue"))
        .orderBy("supp_nation", "cust_nation", "l_year")
    )


def q8(t):
    america = (
        t.region.filter(col("r_name") == "AMERICA")
        .join(t.nation, col("r_regionkey") == col("n_regionkey"))
        .join(t.customer, col("n_nationkey") == col("c_nationkey"))
        .select("c_custkey")
    )
    suppliers = (
        t.supplier.join(t.nation, col("s_nationkey") == col("n_nationkey"))
        .select("s_suppkey", col("n_name").alias("nation"))
    )
    return (
        t.part.filter(col("p_type") == "ECONOMY ANODIZED STEEL")
        .join(t.lineitem, col("p_partkey") == col("l_partkey"))
        .join(suppliers, col("l_suppkey") == col("s_suppkey"))
        .join(t.orders, col("l_orderkey") == col("o_orderkey"))
        .filter(col("o_orderdate").between(date(1995, 1, 1), date(1996, 12, 31)))
        .join(america, col("o_custkey") == col("c_custkey"))
        .select(F.year("o_orderdate").alias("o_year"), revenue().alias("volume"), "nation")
        .groupBy("o_year")
        .agg((F.sum(F.when(col("nation") == "BRAZIL", col("volume")).otherwise(0)) / F.sum("volume")).alias("mkt_share"))
        .orderBy("o_year")
    )


def q9(t):
    return (
        t.part.filter(col("p_name").contains("green"))
        .join(t.lineitem, col("p_partkey") == col("l_partkey"))
        .join(t.supplier, col("l_suppkey") == col("s_suppkey"))
        .join(t.partsupp, (col("ps_suppkey") == col("l_suppkey")) & (col("ps_partkey") == col("l_partkey")))
        .join(t.orders, col("l_orderkey") == col("o_orderkey"))
        .join(t.nation, col("s_nationkey") == col("n_nationkey"))
        .select(
            col("n_name").alias("nation"),
            F.year("o_orderdate").alias("o_year"),
            (revenue() - col("ps_supplycost") * col("l_quantity")).alias("amount"),
        )
        .groupBy("nation", "o_year")
        .agg(F.sum("amount").alias("sum_profit"))
        .orderBy("nation", F.desc("o_year"))
    )


def q10(t):
    return (
        t.customer.join(t.orders, col("c_custkey") == col("o_custkey"))
        .filter((col("o_orderdate") >= date(1993, 10, 1)) & (col("o_orderdate") < date(1994, 1, 1)))
        .join(t.lineitem.filter(col("l_returnflag") == "R"), col("o_orderkey") == col("l_orderkey"))
        .join(t.nation, col("c_nationkey") == col("n_nationkey"))
        .groupBy("c_custkey", "c_name", "c_acctbal", "c_phone", "n_name", "c_address", "c_comment")
        .agg(F.sum(revenue()).alias("revenue"))
        .select("c_custkey", "c_name", "revenue", "c_acctbal", "n_name", "c_address", "c_phone", "c_comment")
        .orderBy(F.desc("revenue"))
        .limit(20)
    )


def q11(t):
    german = (
        t.nation.filter(col("n_name") == "GERMANY")
        .join(t.supplier, col("n_nationkey") == col("s_nationkey"))
        .join(t.partsupp, col("s_suppkey") == col("ps_suppkey"))
        .withColumn("worth", col("ps_supplycost") * col("ps_availqty"))
    )
    # The specification's fraction is 0.0001 / SF; the tests run at scale 0.1 with the text as printed.
    threshold = german.agg((F.sum("worth") * lit("0.0001").cast("decimal(5,4)")).alias("threshold"))
    return (
        german.groupBy("ps_partkey")
        .agg(F.sum("worth").alias("value"))
        .crossJoin(threshold)
        .filter(col("value") > col("threshold"))
        .select("ps_partkey", "value")
        .orderBy(F.desc("value"))
    )


def q12(t):
    urgent = col("o_orderpriority").isin("1-URGENT", "2-HIGH")
    return (
        t.orders.join(t.lineitem, col("o_orderkey") == col("l_orderkey"))
        .filter(col("l_shipmode").isin("MAIL", "SHIP"))
        .filter((col("l_commitdate") < col("l_receiptdate")) & (col("l_shipdate") < col("l_commitdate")))
        .filter((col("l_receiptdate") >= date(1994, 1, 1)) & (col("l_receiptdate") < date(1995, 1, 1)))
        .groupBy("l_shipmode")
        .agg(
            F.sum(F.when(urgent, 1).otherwise(0)).alias("high_line_count"),
            F.sum(F.when(~urgent, 1).otherwise(0)).alias("low_line_count"),
        )
        .orderBy("l_shipmode")
    )


def q13(t):
    orders = t.orders.filter(~col("o_comment").like("%special%requests%"))
    return (
        t.customer.join(orders, col("c_custkey") == col("o_custkey"), "left")
        .groupBy("c_custkey")
        .agg(F.count("o_orderkey").alias("c_count"))
        .groupBy("c_count")
        .agg(F.count("*").alias("custdist"))
        .orderBy(F.desc("custdist"), F.desc("c_count"))
    )


def q14(t):
    promo = F.when(col("p_type").startswith("PROMO"), revenue()).otherwise(0)
    return (
        t.lineitem.join(t.part, col("l_partkey") == col("p_partkey"))
        .filter((col("l_shipdate") >= date(1995, 9, 1)) & (col("l_shipdate") < date(1995, 10, 1)))
        .agg((lit("100.00").cast("decimal(5,2)") * F.sum(promo) / F.sum(revenue())).alias("promo_revenue"))
    )


def q15(t):
    per_supplier = (
        t.lineitem.filter((col("l_shipdate") >= date(1996, 1, 1)) & (col("l_shipdate") < date(1996, 4, 1)))
        .groupBy(col("l_suppkey").alias("supplier_no"))
        .agg(F.sum(revenue()).alias("total_revenue"))
    )
    best = per_supplier.agg(F.max("total_revenue").alias("best"))
    return (
        t.supplier.join(per_supplier, col("s_suppkey") == col("supplier_no"))
        .join(best, col("total_revenue") == col("best"))
        .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
        .orderBy("s_suppkey")
    )


def q16(t):
    complaints = t.supplier.filter(col("s_comment").like("%Customer%Complaints%"))
    return (
        t.partsupp.join(t.part, col("p_partkey") == col("ps_partkey"))
        .filter((col("p_brand") != "Brand#45") & ~col("p_type").like("MEDIUM POLISHED%"))
        .filter(col("p_size").isin(49, 14, 23, 45, 19, 3, 36, 9))
        .join(complaints, col("ps_suppkey") == col("s_suppkey"), "left_anti")
        .groupBy("p_brand", "p_type", "p_size")
        .agg(F.countDistinct("ps_suppkey").alias("supplier_cnt"))
        .orderBy(F.desc("supplier_cnt"), "p_brand", "p_type", "p_size")
    )


def q17(t):
    usual = t.lineitem.groupBy(col("l_partkey").alias("part")).agg(
        (lit("0.2").cast("decimal(2,1)") * F.avg("l_quantity")).alias("little"))
    return (
        t.part.filter((col("p_brand") == "Brand#23") & (col("p_container") == "MED BOX"))
        .join(t.lineitem, col("p_partkey") == col("l_partkey"))
        .join(usual, (col("p_partkey") == col("part")) & (col("l_quantity") < col("little")))
        .agg((F.sum("l_extendedprice") / lit("7.0").cast("decimal(2,1)")).alias("avg_yearly"))
    )


def q18(t):
    big = (
        t.lineitem.groupBy(col("l_orderkey").alias("big_order"))
        .agg(F.sum("l_quantity").alias("total"))
        .filter(col("total") > 300)
    )
    return (
        t.customer.join(t.orders, col("c_custkey") == col("o_custkey"))
        .join(big, col("o_orderkey") == col("big_order"), "left_semi")
        .join(t.lineitem, col("o_orderkey") == col("l_orderkey"))
        .groupBy("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .agg(F.sum("l_quantity").alias("sum_qty"))
        .orderBy(F.desc("o_totalprice"), "o_orderdate")
        .limit(100)
    )


def q19(t):
    def kind(brand, containers, low, size):
        return (
            (col("p_brand") == brand) & col("p_container").isin(containers)
            & col("l_quantity").between(low, low + 10) & col("p_size").between(1, size)
        )

    return (
        t.lineitem.join(t.part, col("p_partkey") == col("l_partkey"))
        .filter(col("l_shipmode").isin("AIR", "AIR REG") & (col("l_shipinstruct") == "DELIVER IN PERSON"))
        .filter(
            kind("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5)
            | kind("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10)
            | kind("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15)
        )
        .agg(F.sum(revenue()).alias("revenue"))
    )


def q20(t):
    half_shipped = (
        t.lineitem.filter((col("l_shipdate") >= date(1994, 1, 1)) & (col("l_shipdate") < date(1995, 1, 1)))
        .groupBy("l_partkey", "l_suppkey")
        .agg((lit("0.5").cast("decimal(1,1)") * F.sum("l_quantity")).alias("half"))
    )
    surplus = (
        t.partsupp.join(t.part.filter(col("p_name").startswith("forest")), col("ps_partkey") == col("p_partkey"), "left_semi")
        .join(half_shipped, (col("ps_partkey") == col("l_partkey")) & (col("ps_suppkey") == col("l_suppkey")))
        .filter(col("ps_availqty") > col("half"))
    )
    return (
        t.supplier.join(t.nation.filter(col("n_name") == "CANADA"), col("s_nationkey") == col("n_nationkey"))
        .join(surplus, col("s_suppkey") == col("ps_suppkey"), "left_semi")
        .select("s_name", "s_address")
        .orderBy("s_name")
    )


def q21(t):
    late = t.lineitem.filter(col("l_receiptdate") > col("l_commitdate"))
    several = t.lineitem.groupBy("l_orderkey").agg(F.countDistinct("l_suppkey").alias("suppliers")).filter("suppliers > 1")
    one_late = late.groupBy("l_orderkey").agg(F.countDistinct("l_suppkey").alias("late")).filter("late = 1")
    return (
        late.join(several, "l_orderkey")
        .join(one_late, "l_orderkey")
        .join(t.orders.filter(col("o_orderstatus") == "F"), col("l_orderkey") == col("o_orderkey"))
        .join(t.supplier, col("l_suppkey") == col("s_suppkey"))
        .join(t.nation.filter(col("n_name") == "SAUDI ARABIA"), col("s_nationkey") == col("n_nationkey"))
        .groupBy("s_name")
        .agg(F.count("*").alias("numwait"))
        .orderBy(F.desc("numwait"), "s_name")
        .limit(100)
    )


def q22(t):
    country = F.substring("c_phone", 1, 2)
    chosen = t.customer.withColumn("cntrycode", country).filter(
        col("cntrycode").isin("13", "31", "23", "29", "30", "18", "17"))
    mean = chosen.filter(col("c_acctbal") > 0).agg(F.avg("c_acctbal").alias("mean"))
    return (
        chosen.crossJoin(mean)
        .filter(col("c_acctbal") > col("mean"))
        .join(t.orders, col("c_custkey") == col("o_custkey"), "left_anti")
        .groupBy("cntrycode")
        .agg(F.count("*").alias("numcust"), F.sum("c_acctbal").alias("totacctbal"))
        .orderBy("cntrycode")
    )


QUERIES = {n: globals()[f"q{n}"] for n in range(1, 23)}


def main(directory, *numbers):
    spark = SparkSession.builder.remote(os.environ.get("SHOAL_URL", "sc://localhost:15002")).getOrCreate()
    t = tables(spark, directory)
    for n in map(int, numbers or QUERIES):
        start = time.perf_counter()
        answer = QUERIES[n](t).toPandas()
        print(f"Q{n}: {len(answer)} rows, {time.perf_counter() - start:.3f} s")
        print(answer.head(5).to_string(index=False))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])

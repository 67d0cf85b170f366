package connect

// This file decodes commands other than SQL text.

import (
	"strings"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/sparksql"
)

func (d *decoder) command(c *sparkpb.Command) plan.Statement {
	switch x := c.GetCommandType().(type) {
	case nil:
		d.bad("a command is missing")
		return nil
	case *sparkpb.Command_SqlCommand:
		return d.sqlCommand(x.SqlCommand)
	case *sparkpb.Command_CreateDataframeView:
		return d.createView(x.CreateDataframeView)
	case *sparkpb.Command_WriteOperation:
		return d.write(x.WriteOperation)
	case *sparkpb.Command_WriteOperationV2:
		return d.writeTo(x.WriteOperationV2)
	case *sparkpb.Command_RegisterFunction:
		return &plan.OpaqueCommand{What: plan.RegisterFunction, Name: x.RegisterFunction.GetFunctionName()}
	case *sparkpb.Command_RegisterTableFunction:
		return &plan.OpaqueCommand{What: plan.RegisterFunction, Name: x.RegisterTableFunction.GetFunctionName()}
	case *sparkpb.Command_RegisterDataSource:
		return &plan.OpaqueCommand{What: plan.RegisterDataSource, Name: x.RegisterDataSource.GetName()}
	case *sparkpb.Command_MlCommand:
		return &plan.OpaqueCommand{What: setField(c, "command_type"), About: aboutModel(x.MlCommand)}
	default:
		return &plan.OpaqueCommand{What: setField(c, "command_type")}
	}
}

// aboutModel says what is done to which kind of model: fit LogisticRegression.
func aboutModel(c *sparkpb.MlCommand) string {
	about := setField(c, "command")
	for _, op := range []*sparkpb.MlOperator{c.GetFit().GetEstimator(), c.GetEvaluate().GetEvaluator(), c.GetRead().GetOperator()} {
		if name := op.GetName(); name != "" {
			about += " " + name[strings.LastIndexByte(name, '.')+1:]
		}
	}
	return about
}

func (d *decoder) createView(v *sparkpb.CreateDataFrameViewCommand) plan.Statement {
	name, err := sparksql.ParseName(v.GetName())
	if err != nil || len(name) != 1 {
		d.fail(fault.New("_LEGACY_ERROR_TEMP_1321", "viewName", v.GetName()))
	}
	return &plan.CreateView{Name: name, Query: d.relation(v.GetInput()), Replace: v.GetReplace(), Temporary: true,
		Global: v.GetIsGlobal()}
}

var saveModes = map[sparkpb.WriteOperation_SaveMode]string{
	sparkpb.WriteOperation_SAVE_MODE_UNSPECIFIED:     "error",
	sparkpb.WriteOperation_SAVE_MODE_APPEND:          "append",
	sparkpb.WriteOperation_SAVE_MODE_OVERWRITE:       "overwrite",
	sparkpb.WriteOperation_SAVE_MODE_ERROR_IF_EXISTS: "error",
	sparkpb.WriteOperation_SAVE_MODE_IGNORE:          "ignore",
}

func (d *decoder) write(w *sparkpb.WriteOperation) plan.Statement {
	if len(w.GetClusteringColumns()) > 0 {
		return &plan.OpaqueCommand{What: "write with clustering columns"}
	}
	mode, ok := saveModes[w.GetMode()]
	if !ok {
		d.bad("unknown save mode %v", w.GetMode())
	}
	out := &plan.WriteFiles{Query: d.relation(w.GetInput()), Format: strings.ToLower(w.GetSource()), Mode: mode,
		Options: lowerKeys(w.GetOptions()), PartitionBy: w.GetPartitioningColumns(), SortBy: w.GetSortColumnNames(),
		BucketBy: w.GetBucketBy().GetBucketColumnNames(), Buckets: int(w.GetBucketBy().GetNumBuckets())}
	switch x := w.GetSaveType().(type) {
	case *sparkpb.WriteOperation_Path:
		out.Path = x.Path
	case *sparkpb.WriteOperation_Table:
		out.Table = d.name(x.Table.GetTableName())
		out.InsertInto = x.Table.GetSaveMethod() == sparkpb.WriteOperation_SaveTable_TABLE_SAVE_METHOD_INSERT_INTO
	default:
		out.Path = out.Options["path"]
		delete(out.Options, "path")
	}
	return out
}

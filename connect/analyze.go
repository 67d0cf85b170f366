package connect

// This file answers AnalyzePlan: questions about a plan that touch no data.

import (
	"context"
	"hash/fnv"
	"net/url"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/session"
)

// AnalyzePlan answers one question.
func (s *Server) AnalyzePlan(ctx context.Context, req *sparkpb.AnalyzePlanRequest) (_ *sparkpb.AnalyzePlanResponse, err error) {
	sess, err := s.open(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	a := &analysis{ctx: ctx, sess: sess, resp: &sparkpb.AnalyzePlanResponse{SessionId: sess.Key.ID, ServerSideSessionId: sess.ServerID}}
	pinned := sess.Elsewhere(nil)
	if pinned && a.asksSystem(req) {
		err = a.answer(req)
	} else if pinned && req.GetSparkVersion() == nil {
		err = a.forward(req)
	} else if err = a.answer(req); sess.Elsewhere(err) || err != nil && a.undecoded && sess.Undecoded() {
		err = a.forward(req)
	}
	if err != nil {
		return nil, s.status(sess, err)
	}
	return a.resp, nil
}

// asksSystem tells whether the question is about what only this server has.
func (a *analysis) asksSystem(req *sparkpb.AnalyzePlanRequest) bool {
	for _, q := range []interface{ GetPlan() *sparkpb.Plan }{
		req.GetSchema(), req.GetExplain(), req.GetTreeString(), req.GetIsLocal(), req.GetIsStreaming(), req.GetInputFiles(),
	} {
		if p := q.GetPlan(); p != nil {
			rel, err := a.relation(p)
			return err == nil && a.sess.AsksSystem(rel)
		}
	}
	return false
}

// forward asks an attached Spark.
func (a *analysis) forward(req *sparkpb.AnalyzePlanRequest) error {
	if err := a.sess.Permit(func() []string { return pathsIn(req, a.sess) }); err != nil {
		return err
	}
	reply, err := call[*sparkpb.AnalyzePlanResponse](a.ctx, a.sess, req)
	if err != nil {
		return err
	}
	if e := reply.GetExplain(); e != nil {
		e.ExplainString = strings.TrimRight(e.GetExplainString(), "\n") + "\n\n" + a.sess.ElsewhereLine()
	}
	reply.SessionId, reply.ServerSideSessionId = a.resp.SessionId, a.resp.ServerSideSessionId
	a.resp = reply
	return nil
}

// analysis is one AnalyzePlan call on its way.
type analysis struct {
	ctx  context.Context // of this one call
	sess *session.Session
	resp *sparkpb.AnalyzePlanResponse
	// undecoded says that the plan could not be read here.
	undecoded bool
}

// answer picks the question.
func (a *analysis) answer(req *sparkpb.AnalyzePlanRequest) error {
	//size: one case per question
	switch q := req.GetAnalyze().(type) {
	case *sparkpb.AnalyzePlanRequest_Schema_:
		return a.schema(q.Schema.GetPlan())
	case *sparkpb.AnalyzePlanRequest_Explain_:
		return a.explain(q.Explain)
	case *sparkpb.AnalyzePlanRequest_TreeString_:
		return a.treeString(q.TreeString)
	case *sparkpb.AnalyzePlanRequest_IsLocal_:
		return a.isLocal(q.IsLocal.GetPlan())
	case *sparkpb.AnalyzePlanRequest_IsStreaming_:
		_, err := a.resolve(q.IsStreaming.GetPlan())
		a.resp.Result = &sparkpb.AnalyzePlanResponse_IsStreaming_{IsStreaming: &sparkpb.AnalyzePlanResponse_IsStreaming{}}
		return err
	case *sparkpb.AnalyzePlanRequest_InputFiles_:
		return a.inputFiles(q.InputFiles.GetPlan())
	case *sparkpb.AnalyzePlanRequest_SparkVersion_:
		a.resp.Result = &sparkpb.AnalyzePlanResponse_SparkVersion_{SparkVersion: &sparkpb.AnalyzePlanResponse_SparkVersion{Version: a.sess.SparkVersion(Version)}}
		return nil
	case *sparkpb.AnalyzePlanRequest_DdlParse:
		return a.ddlParse(q.DdlParse.GetDdlString())
	case *sparkpb.AnalyzePlanRequest_SameSemantics_:
		return a.sameSemantics(q.SameSemantics)
	case *sparkpb.AnalyzePlanRequest_SemanticHash_:
		return a.semanticHash(q.SemanticHash.GetPlan())
	case *sparkpb.AnalyzePlanRequest_Persist_:
		return a.persist(q.Persist)
	case *sparkpb.AnalyzePlanRequest_Unpersist_:
		return a.unpersist(q.Unpersist)
	case *sparkpb.AnalyzePlanRequest_GetStorageLevel_:
		return a.storageLevel(q.GetStorageLevel)
	case *sparkpb.AnalyzePlanRequest_JsonToDdl:
		return a.jsonToDDL(q.JsonToDdl.GetJsonString())
	default:
		return fault.BadPlan("the request asks nothing about its plan")
	}
}

// relation decodes a plan that must be a query.
func (a *analysis) relation(p *sparkpb.Plan) (_ plan.Relation, err error) {
	defer func() { a.undecoded = a.undecoded || err != nil }()
	p, err = expand(p)
	if err != nil {
		return nil, err
	}
	if p.GetRoot() == nil {
		return nil, fault.BadPlan("the plan is no relation")
	}
	return newDecoder(a.sess).decodeRelation(p.GetRoot())
}

func (a *analysis) resolve(p *sparkpb.Plan) (plan.Relation, error) {
	rel, err := a.relation(p)
	if err != nil {
		return nil, err
	}
	return a.sess.Analyze(a.ctx, rel)
}

func (a *analysis) schema(p *sparkpb.Plan) error {
	rel, err := a.resolve(p)
	if err != nil {
		return err
	}
	a.resp.Result = &sparkpb.AnalyzePlanResponse_Schema_{Schema: &sparkpb.AnalyzePlanResponse_Schema{
		Schema: encodeType(outputStruct(plan.Output(rel))),
	}}
	return nil
}

var explainModes = map[sparkpb.AnalyzePlanRequest_Explain_ExplainMode]string{
	sparkpb.AnalyzePlanRequest_Explain_EXPLAIN_MODE_SIMPLE:    session.ExplainSimple,
	sparkpb.AnalyzePlanRequest_Explain_EXPLAIN_MODE_EXTENDED:  session.ExplainExtended,
	sparkpb.AnalyzePlanRequest_Explain_EXPLAIN_MODE_CODEGEN:   session.ExplainCodegen,
	sparkpb.AnalyzePlanRequest_Explain_EXPLAIN_MODE_COST:      session.ExplainCost,
	sparkpb.AnalyzePlanRequest_Explain_EXPLAIN_MODE_FORMATTED: session.ExplainFormatted,
}

func (a *analysis) explain(q *sparkpb.AnalyzePlanRequest_Explain) error {
	mode, ok := explainModes[q.GetExplainMode()]
	if !ok {
		return fault.BadPlan("unknown explain mode %v", q.GetExplainMode())
	}
	rel, err := a.relation(q.GetPlan())
	if err != nil {
		return err
	}
	text, err := a.sess.Explain(a.ctx, rel, mode)
	a.resp.Result = &sparkpb.AnalyzePlanResponse_Explain_{Explain: &sparkpb.AnalyzePlanResponse_Explain{ExplainString: text}}
	return err
}

func (a *analysis) treeString(q *sparkpb.AnalyzePlanRequest_TreeString) error {
	rel, err := a.resolve(q.GetPlan())
	if err != nil {
		return err
	}
	text := treeString(outputStruct(plan.Output(rel)), int(q.GetLevel()))
	a.resp.Result = &sparkpb.AnalyzePlanResponse_TreeString_{TreeString: &sparkpb.AnalyzePlanResponse_TreeString{TreeString: text}}
	return nil
}

func (a *analysis) isLocal(p *sparkpb.Plan) error {
	rel, err := a.resolve(p)
	if err != nil {
		return err
	}
	_, local := rel.(*plan.LocalData)
	a.resp.Result = &sparkpb.AnalyzePlanResponse_IsLocal_{IsLocal: &sparkpb.AnalyzePlanResponse_IsLocal{IsLocal: local}}
	return nil
}

func (a *analysis) inputFiles(p *sparkpb.Plan) error {
	rel, err := a.resolve(p)
	if err != nil {
		return err
	}
	var files []string
	plan.WalkRelations(rel, func(r plan.Relation) bool {
		if scan, ok := r.(*plan.Scan); ok {
			for _, f := range scan.Files {
				files = append(files, (&url.URL{Scheme: "file", Path: f.Path}).String())
			}
		}
		return true
	})
	slices.Sort(files)
	a.resp.Result = &sparkpb.AnalyzePlanResponse_InputFiles_{InputFiles: &sparkpb.AnalyzePlanResponse_InputFiles{
		Files: slices.Compact(files),
	}}
	return nil
}

func (a *analysis) ddlParse(text string) error {
	parsed, err := parseDDL(text)
	if err != nil {
		return err
	}
	a.resp.Result = &sparkpb.AnalyzePlanResponse_DdlParse{DdlParse: &sparkpb.AnalyzePlanResponse_DDLParse{Parsed: encodeType(parsed)}}
	return nil
}

func (a *analysis) sameSemantics(q *sparkpb.AnalyzePlanRequest_SameSemantics) error {
	one, err := a.resolve(q.GetTargetPlan())
	if err != nil {
		return err
	}
	other, err := a.resolve(q.GetOtherPlan())
	if err != nil {
		return err
	}
	a.resp.Result = &sparkpb.AnalyzePlanResponse_SameSemantics_{SameSemantics: &sparkpb.AnalyzePlanResponse_SameSemantics{
		Result: session.Fingerprint(one) == session.Fingerprint(other),
	}}
	return nil
}

func (a *analysis) semanticHash(p *sparkpb.Plan) error {
	rel, err := a.resolve(p)
	if err != nil {
		return err
	}
	h := fnv.New32a()
	h.Write([]byte(session.Fingerprint(rel)))
	a.resp.Result = &sparkpb.AnalyzePlanResponse_SemanticHash_{SemanticHash: &sparkpb.AnalyzePlanResponse_SemanticHash{
		Result: int32(h.Sum32()),
	}}
	return nil
}

// fingerprint is what a relation is persisted under.
func (a *analysis) fingerprint(rel *sparkpb.Relation) (string, error) {
	resolved, err := a.resolve(&sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: rel}})
	if err != nil {
		return "", err
	}
	return session.Fingerprint(resolved), nil
}

func (a *analysis) persist(q *sparkpb.AnalyzePlanRequest_Persist) error {
	key, err := a.fingerprint(q.GetRelation())
	if err != nil {
		return err
	}
	level := session.DefaultStorage
	if l := q.GetStorageLevel(); l != nil {
		level = session.StorageLevel{Disk: l.GetUseDisk(), Memory: l.GetUseMemory(), OffHeap: l.GetUseOffHeap(),
			Deserialized: l.GetDeserialized(), Replication: l.GetReplication()}
	}
	a.sess.Persist(key, level)
	a.resp.Result = &sparkpb.AnalyzePlanResponse_Persist_{Persist: &sparkpb.AnalyzePlanResponse_Persist{}}
	return nil
}

func (a *analysis) unpersist(q *sparkpb.AnalyzePlanRequest_Unpersist) error {
	key, err := a.fingerprint(q.GetRelation())
	if err != nil {
		return err
	}
	a.sess.Unpersist(key)
	a.resp.Result = &sparkpb.AnalyzePlanResponse_Unpersist_{Unpersist: &sparkpb.AnalyzePlanResponse_Unpersist{}}
	return nil
}

func (a *analysis) storageLevel(q *sparkpb.AnalyzePlanRequest_GetStorageLevel) error {
	key, err := a.fingerprint(q.GetRelation())
	if err != nil {
		return err
	}
	l := a.sess.Persisted(key)
	a.resp.Result = &sparkpb.AnalyzePlanResponse_GetStorageLevel_{GetStorageLevel: &sparkpb.AnalyzePlanResponse_GetStorageLevel{
		StorageLevel: &sparkpb.StorageLevel{UseDisk: l.Disk, UseMemory: l.Memory, UseOffHeap: l.OffHeap,
			Deserialized: l.Deserialized, Replication: l.Replication},
	}}
	return nil
}

// jsonToDDL writes a schema, given as JSON, as DDL.
func (a *analysis) jsonToDDL(text string) error {
	t, err := typejson.Parse(text)
	if err != nil {
		return err
	}
	s, ok := t.(plan.Struct)
	if !ok {
		return fault.Illegal("the JSON is no schema but a %s", t)
	}
	columns := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		columns[i] = plan.QuoteIfNeeded(f.Name) + " " + plan.SQL(f.Type)
		if !f.Nullable {
			columns[i] += " NOT NULL"
		}
		if comment, ok := typejson.Comment(f.Metadata); ok {
			columns[i] += " COMMENT '" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(comment) + "'"
		}
	}
	a.resp.Result = &sparkpb.AnalyzePlanResponse_JsonToDdl{JsonToDdl: &sparkpb.AnalyzePlanResponse_JsonToDDL{
		DdlString: strings.Join(columns, ","),
	}}
	return nil
}

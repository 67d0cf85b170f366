package duckdb
import ("testing";"context";"time";"github.com/apache/arrow-go/v18/arrow";"shoal/engine")
func TestTmp(t *testing.T){ e:=open(t)
 t.Log(e.execAll("SET scheduler_process_partial=true")); e.execAll("CREATE TABLE numbers AS SELECT range AS i FROM range(8000000)")
 s:=time.Now()
 drain(t,e,context.Background(),request{sql:"SELECT count(*) FROM numbers WHERE md5(md5(md5(i::VARCHAR))) = ''",schema:schemaOf(arrow.PrimitiveTypes.Int64),progress:func(p engine.Progress){t.Log(time.Since(s),p)}})
}

package eventlog

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A generated log is as long as one wants and is never stored: a head, then stages of many tasks,
// whose lines are those of Spark 4.1, then the end.
type generated struct {
	left    int64 // bytes
	tasks   int   // of a stage
	padding int   // bytes in the start of a job, as the descriptions of many RDDs take
	line    int
	stage   int
	pending bytes.Buffer
	ended   bool
}

func (g *generated) Read(p []byte) (int, error) {
	for g.pending.Len() < len(p) && !g.ended {
		g.write()
	}
	if g.pending.Len() == 0 {
		return 0, io.EOF
	}
	return g.pending.Read(p)
}

func (g *generated) write() {
	before := g.pending.Len()
	b := &g.pending
	at := int64(1_700_000_000_000) + int64(g.line)*20
	switch n := g.line % (2*g.tasks + 4); {
	case g.line == 0:
		b.WriteString(`{"Event":"SparkListenerLogStart","Spark Version":"4.1.4"}` + "\n")
		fmt.Fprintf(b, `{"Event":"SparkListenerExecutorAdded","Timestamp":%d,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":8}}`+"\n", at)
		fmt.Fprintf(b, `{"Event":"SparkListenerApplicationStart","App Name":"generated","App ID":"app-1","Timestamp":%d,"User":"u"}`+"\n", at)
	case n == 0 && g.left <= 0:
		fmt.Fprintf(b, `{"Event":"SparkListenerApplicationEnd","Timestamp":%d}`+"\n", at)
		g.ended = true
	case n == 1:
		fmt.Fprintf(b, `{"Event":"SparkListenerJobStart","Job ID":%d,"Submission Time":%d,"Stage Infos":["%s"],"Stage IDs":[%d],"Properties":{"spark.jobGroup.id":"g"}}`+"\n", g.stage, at, strings.Repeat("x", g.padding), g.stage)
	case n == 2:
		fmt.Fprintf(b, stageLine+"\n", "Submitted", g.stage, at, "")
	case n > 2 && n <= 2*g.tasks+2 && n%2 == 1:
		fmt.Fprintf(b, `{"Event":"SparkListenerTaskStart","Stage ID":%d,"Stage Attempt ID":0,"Task Info":{"Task ID":%d,"Index":%d,"Attempt":0,"Partition ID":0,"Launch Time":%d,"Executor ID":"1","Host":"192.0.2.2","Locality":"PROCESS_LOCAL","Speculative":false,"Getting Result Time":0,"Finish Time":0,"Failed":false,"Killed":false,"Accumulables":[]}}`+"\n", g.stage, g.line, n, at)
	case n > 2 && n <= 2*g.tasks+2:
		fmt.Fprintf(b, taskLine+"\n", g.stage, g.line, n, at-20, at, accumulables, 50+n%97)
	case n == 2*g.tasks+3:
		fmt.Fprintf(b, stageLine+"\n", "Completed", g.stage, at-1000, fmt.Sprintf(`"Completion Time":%d,`, at))
		fmt.Fprintf(b, `{"Event":"SparkListenerJobEnd","Job ID":%d,"Completion Time":%d,"Job Result":{"Result":"JobSucceeded"}}`+"\n", g.stage, at)
		g.stage++
	}
	g.line++
	g.left -= int64(b.Len() - before)
}

const stageLine = `{"Event":"SparkListenerStage%s","Stage Info":{"Stage ID":%d,"Stage Attempt ID":0,"Stage Name":"collect at x.py:1","Number of Tasks":200,"RDD Info":[{"RDD ID":3,"Name":"MapPartitionsRDD","Scope":"{\"id\":\"1\",\"name\":\"Exchange\"}","Callsite":"collect","Parent IDs":[2],"Storage Level":{"Use Disk":false,"Use Memory":false,"Use Off Heap":false,"Deserialized":false,"Replication":1},"Barrier":false,"Number of Partitions":2}],"Parent IDs":[],"Details":"","Submission Time":%d,%s"Accumulables":[],"Resource Profile Id":0}}`

const taskLine = `{"Event":"SparkListenerTaskEnd","Stage ID":%d,"Stage Attempt ID":0,"Task Type":"ShuffleMapTask","Task End Reason":{"Reason":"Success"},"Task Info":{"Task ID":%d,"Index":%d,"Attempt":0,"Partition ID":0,"Launch Time":%d,"Executor ID":"1","Host":"192.0.2.2","Locality":"PROCESS_LOCAL","Speculative":false,"Getting Result Time":0,"Finish Time":%d,"Failed":false,"Killed":false,"Accumulables":[%s]},"Task Executor Metrics":{"JVMHeapMemory":92580752,"JVMOffHeapMemory":110616072,"OnHeapExecutionMemory":0,"OffHeapExecutionMemory":0,"OnHeapStorageMemory":21938,"OffHeapStorageMemory":0,"OnHeapUnifiedMemory":21938,"OffHeapUnifiedMemory":0,"DirectPoolMemory":155649,"MappedPoolMemory":0,"ProcessTreeJVMVMemory":0,"ProcessTreeJVMRSSMemory":0,"ProcessTreePythonVMemory":0,"ProcessTreePythonRSSMemory":0,"ProcessTreeOtherVMemory":0,"ProcessTreeOtherRSSMemory":0,"MinorGCCount":12,"MinorGCTime":761,"MajorGCCount":0,"MajorGCTime":0,"TotalGCTime":761,"ConcurrentGCCount":0,"ConcurrentGCTime":0},"Task Metrics":{"Executor Deserialize Time":2,"Executor Deserialize CPU Time":21723957,"Executor Run Time":%d,"Executor CPU Time":205367245,"Peak Execution Memory":0,"Peak On Heap Execution Memory":0,"Peak Off Heap Execution Memory":0,"Result Size":1796,"JVM GC Time":0,"Result Serialization Time":2,"Memory Bytes Spilled":0,"Disk Bytes Spilled":0,"Shuffle Read Metrics":{"Remote Blocks Fetched":0,"Local Blocks Fetched":0,"Fetch Wait Time":0,"Remote Bytes Read":0,"Remote Bytes Read To Disk":0,"Local Bytes Read":0,"Total Records Read":0,"Remote Requests Duration":0,"Push Based Shuffle":{"Corrupt Merged Block Chunks":0,"Merged Fetch Fallback Count":0,"Merged Remote Blocks Fetched":0,"Merged Local Blocks Fetched":0,"Merged Remote Chunks Fetched":0,"Merged Local Chunks Fetched":0,"Merged Remote Bytes Read":0,"Merged Local Bytes Read":0,"Merged Remote Requests Duration":0}},"Shuffle Write Metrics":{"Shuffle Bytes Written":160,"Shuffle Write Time":8103089,"Shuffle Records Written":2},"Input Metrics":{"Bytes Read":0,"Records Read":0},"Output Metrics":{"Bytes Written":0,"Records Written":0},"Updated Blocks":[]}}`

const accumulables = `{"ID":38,"Name":"internal.metrics.executorDeserializeTime","Update":209,"Value":209,"Internal":true,"Count Failed Values":true},{"ID":39,"Name":"internal.metrics.executorDeserializeCpuTime","Update":21723957,"Value":21723957,"Internal":true,"Count Failed Values":true},{"ID":40,"Name":"internal.metrics.executorRunTime","Update":5691,"Value":5691,"Internal":true,"Count Failed Values":true},{"ID":41,"Name":"internal.metrics.executorCpuTime","Update":205367245,"Value":205367245,"Internal":true,"Count Failed Values":true},{"ID":42,"Name":"internal.metrics.resultSize","Update":1796,"Value":1796,"Internal":true,"Count Failed Values":true},{"ID":68,"Name":"internal.metrics.shuffle.write.bytesWritten","Update":160,"Value":160,"Internal":true,"Count Failed Values":true},{"ID":70,"Name":"duration","Update":"8103089","Value":"8103089","Internal":true,"Count Failed Values":true,"Metadata":"sql"}`

package catalog

import (
	"io/fs"
	"slices"
	"syscall"

	"shoal/plan"
)

// stateOf is what the system tells of a file besides its size and time. The time of its last change is none that a program
// can set.
func stateOf(info fs.FileInfo) plan.FileState {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return plan.FileState{}
	}
	return plan.FileState{Changed: s.Ctim.Nano(), Inode: s.Ino, Device: s.Dev}
}

// remoteSystems are the magic numbers of statfs(2) for NFS, SMB (three), FUSE, 9P, Ceph, AFS (two), Coda, Lustre and GPFS. virtiofs says FUSE.
var remoteSystems = []uint32{0x6969, 0x517B, 0xFF534D42, 0xFE534D42, 0x65735546, 0x01021997, 0x00C36400, 0x5346414F, 0x6B414653, 0x73757245, 0x0BD00BD0, 0x47504653}

// isRemote tells whether a file's system is another machine's. What is not known is said to be.
func isRemote(path string) (remote, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(path, &s) != nil {
		return true, false
	}
	return slices.Contains(remoteSystems, uint32(s.Type)), true
}

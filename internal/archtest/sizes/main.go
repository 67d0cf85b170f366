// Command sizes reports functions over 60 lines and files over 500, the budget of CONTRIBUTING.md.
// A declaration or file marked "//size: reason" and generated files are left out. It never fails:
// the budget is a question to the reviewer, not a rule for the machine.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	maxFunc = 60
	maxFile = 500
)

func main() {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		return report(path)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "sizes:", err)
		os.Exit(1)
	}
}

func report(path string) error {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	if ast.IsGenerated(file) {
		return nil
	}
	if n := fset.File(file.Pos()).LineCount(); n > maxFile && !marked(file.Doc) {
		fmt.Printf("%s: %d lines (budget %d)\n", path, n, maxFile)
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || marked(f.Doc) {
			continue
		}
		start, end := fset.Position(f.Pos()), fset.Position(f.End())
		if n := end.Line - start.Line + 1; n > maxFunc && !markedInside(file, f) {
			fmt.Printf("%s:%d: function %s has %d lines (budget %d)\n", path, start.Line, f.Name.Name, n, maxFunc)
		}
	}
	return nil
}

func markedInside(file *ast.File, f *ast.FuncDecl) bool {
	for _, c := range file.Comments {
		if f.Pos() <= c.Pos() && c.Pos() < f.End() && marked(c) {
			return true
		}
	}
	return false
}

func marked(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//size:") {
			return true
		}
	}
	return false
}

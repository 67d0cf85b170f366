package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"shoal/fault"
)

// raisers are the functions whose first argument is an error condition, and what comes before it.
var raisers = map[string]string{"New": "", "mismatch": "DATATYPE_MISMATCH.", "raise": ""}

// TestConditionsAreListed: every error condition the code raises stands in a table of fault.
func TestConditionsAreListed(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "sparkpb" || strings.HasPrefix(d.Name(), ".git")):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if class, ok := conditionOf(n); ok && fault.New(class).Class != class {
				t.Errorf("%s: %s is in no table of fault", fset.Position(n.Pos()), class)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// conditionOf is the literal error condition a call raises.
func conditionOf(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	prefix, ok := raisers[selector.Sel.Name]
	if x, isName := selector.X.(*ast.Ident); !ok || selector.Sel.Name == "New" && (!isName || x.Name != "fault") {
		return "", false
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	class, err := strconv.Unquote(lit.Value)
	return prefix + class, err == nil && class != "" // Spark has errors without a condition
}

package main

// rules names the kinds of errors by their number in internal/types/errors. What is not here depends on
// the version of the language, follows from another error, or never happens to code that was compiled
// once.
var rules = map[int]string{
	73: "undefined-name", // UndeclaredImportedName
	74: "undefined-name", // UnexportedName
	75: "undefined-name", // UndeclaredName

	66: "missing-member", // MissingLitField
	68: "missing-member", // UnexportedLitField
	76: "missing-member", // MissingFieldOrMethod

	65:  "wrong-argument-count", // InvalidStructLit
	78:  "wrong-argument-count", // NonVariadicDotDotDot
	126: "wrong-argument-count", // WrongArgCount

	17:  "wrong-result-count", // WrongAssignCount
	41:  "wrong-result-count", // TooManyValues
	103: "wrong-result-count", // WrongResultCount

	21: "missing-method", // InvalidIfaceAssign
	95: "missing-method", // ImpossibleAssert

	18:  "type-mismatch", // UnassignableOperand
	23:  "type-mismatch", // IncompatibleAssign
	24:  "type-mismatch", // UnaddressableFieldAssign
	25:  "type-mismatch", // NotAType
	42:  "type-mismatch", // NotAnExpr
	45:  "type-mismatch", // UndefinedOp
	46:  "type-mismatch", // MismatchedTypes
	49:  "type-mismatch", // UnaddressableOperand
	51:  "type-mismatch", // InvalidIndirection
	52:  "type-mismatch", // NonIndexableOperand
	55:  "type-mismatch", // NonSliceableOperand
	69:  "type-mismatch", // InvalidLitField
	70:  "type-mismatch", // UntypedLit
	71:  "type-mismatch", // InvalidLit
	94:  "type-mismatch", // InvalidAssert
	96:  "type-mismatch", // InvalidConversion
	97:  "type-mismatch", // InvalidUntypedConversion
	105: "type-mismatch", // InvalidCond
	109: "type-mismatch", // InvalidRangeExpr
	116: "type-mismatch", // InvalidTypeSwitch
	125: "type-mismatch", // InvalidMethodExpr
	127: "type-mismatch", // InvalidCall
	136: "type-mismatch", // NotAGenericType
	137: "type-mismatch", // WrongTypeArgCount
	138: "type-mismatch", // CannotInferTypeArgs
	139: "type-mismatch", // InvalidTypeArg

	43: "impossible-constant", // TruncatedFloat
	44: "impossible-constant", // NumericOverflow
	47: "impossible-constant", // DivByZero
	53: "impossible-constant", // InvalidIndex

	102: "missing-return", // MissingReturn

	8:   "unused-name", // UnusedImport
	101: "unused-name", // UnusedVar

	100: "unused-value", // UnusedExpr
	128: "unused-value", // UnusedResults

	10:  "duplicate-name", // DuplicateDecl
	33:  "duplicate-name", // DuplicateFieldAndMethod
	34:  "duplicate-name", // DuplicateMethod
	60:  "duplicate-name", // DuplicateLitKey
	67:  "duplicate-name", // DuplicateLitField
	113: "duplicate-name", // DuplicateCase

	6: "removed-package", // BrokenImport
}

// assigns are those about a value that does not fit where it goes.
var assigns = map[int]bool{23: true, 43: true, 44: true, 97: true}

"""The kinds of syntax nodes that tell what a name is for. The grammars name most of them alike."""

from __future__ import annotations


def _kinds(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Nodes whose last part is a member of what stands before it.
MEMBERS = _kinds(
    "member_expression selector_expression field_access field_expression scoped_identifier"
    " qualified_identifier navigation_expression member_access_expression method_invocation"
    " conditional_access_expression class_constant_access_expression scoped_call_expression"
    " member_call_expression nullsafe_member_call_expression nullsafe_member_access_expression"
    " scope_resolution call method_reference qualified_type scoped_type_identifier"
    " nested_type_identifier nested_identifier qualified_name scoped_property_access_expression"
)
WRAPPERS = _kinds("navigation_suffix member_binding_expression qualified_name simple_user_type")
TYPES = _kinds(
    "user_type type_list generic_type superclass super_interfaces extends_clause class_heritage"
    " extends_type_clause implements_clause base_clause base_list class_interface_clause"
    " annotation marker_annotation attribute type_annotation type_arguments catch_type"
    " constructor_invocation delegation_specifier inheritance_specifier pointer_type slice_type"
    " array_type map_type channel_type reference_type type_descriptor cast_expression throws"
    " instanceof_expression nullable_type optional_type named_type union_type struct_expression"
    " composite_literal type_conversion_expression interfaces base_class_clause object_type"
)
VALUES = _kinds(
    "argument argument_list arguments value_argument return_statement return_expression return"
    " template_substitution interpolation interpolated_expression parenthesized_expression"
    " unary_expression prefix_expression postfix_expression conditional_expression"
    " ternary_expression array array_literal array_initializer list spread_element"
    " variadic_argument await_expression expression_statement initializer_list pointer_expression"
    " reference_expression switch_label case_switch_label when_condition when_entry type_query"
    " array_expression tuple_expression jsx_expression not_operator"
    " splat_argument array_element_initializer try_expression jump_expression throw_statement"
    " control_transfer_statement directly_assignable_expression satisfies_expression as_expression"
    " non_null_expression"
)
VALUE_FIELDS = (
    *("value", "right", "condition", "argument", "object", "operand", "consequence"),
    *("alternative", "default_value", "receiver", "expression", "scope", "path", "module"),
)
TYPE_FIELDS = ("type", "return_type", "result", "returns", "superclass", "trait")
CALLED = ("function", "constructor", "macro", "name", "type", "method")
JSX = _kinds("jsx_opening_element jsx_self_closing_element jsx_closing_element")
WRITES = _kinds("assignment assignment_expression augmented_assignment operator_assignment")
IMPORTS = _kinds(
    "import_statement import_declaration import_header use_declaration using_directive"
)
PLAIN = _kinds(
    "identifier simple_identifier name variable_name type_identifier"
    " shorthand_property_identifier_pattern"
)

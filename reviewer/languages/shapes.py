"""The statements and expressions that questions are made of, as kinds of syntax nodes.

The grammars name most of them alike, so the defaults serve all languages: a kind that a grammar
does not have never matches. A language says only what is different in it.
"""

from __future__ import annotations

from dataclasses import dataclass


def _kinds(names: str) -> frozenset[str]:
    return frozenset(names.split())


@dataclass(frozen=True, slots=True)
class Shapes:
    grammar: str = ""  # the ast-grep grammar; "" for the one of the language's `grammar`
    # Operators that give the second value where the first is empty, not only where it is missing.
    picks: frozenset[str] = frozenset()
    falsy: str = ""  # what a truth test takes for false besides a missing value
    inherited: str = ""  # a name that `in` finds in an empty object
    functions: frozenset[str] = _kinds(
        "function_definition function_declaration function_item function_expression func_literal"
        " generator_function_declaration method_declaration method_definition method"
        " singleton_method constructor_declaration arrow_function lambda_expression"
        " closure_expression local_function_statement init_declaration anonymous_function"
    )
    branches: frozenset[str] = _kinds(
        "if_statement if_expression elif_clause else_if_clause if elsif unless if_modifier"
        " unless_modifier guard_statement while_statement while_expression while until"
        " conditional_expression ternary_expression conditional if_clause do_statement"
        " while_modifier until_modifier"
    )
    loops: frozenset[str] = _kinds(
        "for_statement for_in_statement enhanced_for_statement for_range_loop for_expression"
        " foreach_statement for_in_clause for"
    )
    calls: frozenset[str] = _kinds(
        "call call_expression method_invocation new_expression object_creation_expression"
        " function_call_expression member_call_expression nullsafe_member_call_expression"
        " scoped_call_expression invocation_expression command macro_invocation function_call"
    )
    arguments: frozenset[str] = _kinds(
        "argument_list arguments value_arguments call_suffix token_tree generator_expression"
    )
    binary: frozenset[str] = _kinds(
        "binary_expression binary_operator boolean_operator comparison_operator binary"
        " infix_expression multiplicative_expression additive_expression comparison_expression"
        " equality_expression conjunction_expression disjunction_expression elvis_expression"
        " nil_coalescing_expression"
    )
    indexes: frozenset[str] = _kinds(
        "subscript subscript_expression index_expression array_access element_access_expression"
        " element_reference indexing_expression slice_expression"
    )
    returns: frozenset[str] = _kinds("return_statement return_expression return")
    raises: frozenset[str] = _kinds("raise_statement throw_statement throw_expression")
    # One kind for several statements: the first word tells which.
    transfers: frozenset[str] = _kinds("jump_expression control_transfer_statement")
    leaves: frozenset[str] = _kinds(
        "continue_statement break_statement goto_statement continue_expression break_expression"
        " next break yield_statement"
    )
    awaits: frozenset[str] = _kinds("await await_expression co_await_expression")
    asserts: frozenset[str] = _kinds("assert_statement")
    catches: frozenset[str] = _kinds("catch_clause except_clause catch_block rescue")
    finals: frozenset[str] = _kinds("finally_clause finally_block ensure")
    holds: frozenset[str] = _kinds(
        "with_item synchronized_statement using_statement lock_statement defer_statement resource"
    )
    assigns: frozenset[str] = _kinds(
        "assignment assignment_expression assignment_statement short_var_declaration"
        " variable_declarator init_declarator let_declaration augmented_assignment"
        " augmented_assignment_expression compound_assignment_expr operator_assignment"
        " property_declaration variable_assignment const_item static_item const_spec var_spec"
        " public_field_definition field_definition enumerator enum_assignment preproc_def"
    )
    parameters: frozenset[str] = _kinds(
        "parameters formal_parameters parameter_list function_value_parameters method_parameters"
        " lambda_parameters"
    )
    cases: frozenset[str] = _kinds(
        "switch_case match_arm case_statement expression_case when_entry case_clause"
        " switch_block_statement_group switch_section switch_entry when"
    )
    marks: frozenset[str] = _kinds(
        "decorator annotation marker_annotation attribute_list attribute_item"
    )
    casts: frozenset[str] = _kinds("cast_expression type_cast_expression")
    strings: frozenset[str] = _kinds(
        "string string_literal template_string interpreted_string_literal raw_string_literal"
        " encapsed_string line_string_literal interpolated_string_expression char_literal"
        " verbatim_string_literal concatenated_string"
    )
    regexes: frozenset[str] = _kinds("regex regex_literal")
    spliced: frozenset[str] = _kinds(  # values inside a string
        "interpolation template_substitution interpolated_expression simple_expansion expansion"
    )
    comments: frozenset[str] = _kinds("comment line_comment block_comment multiline_comment")
    entries: frozenset[str] = _kinds("pair keyed_element")
    # Blocks and the like: what is inside them counts.
    blocks: frozenset[str] = _kinds(
        "block statement_list statements compound_statement statement_block then"
        " control_structure_body expression_statement body_statement do_group"
    )
    types: frozenset[str] = _kinds(  # nothing in them is computed
        "type_annotation type type_arguments generic_type union_type type_alias_declaration"
        " interface_declaration import_statement import_from_statement import_declaration"
        " use_declaration package_clause preproc_include future_import_statement"
    )

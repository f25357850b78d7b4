"""Planted bugs in lib/."""
from .mutant import Mutant

TREE = "lib/tree.c"
TEST = "test_lib.py::test_tree"

MUTANTS = [
    Mutant(
        "tree_never_balanced",
        TEST,
        (TREE, "if (excess(node, side) < 2)", "\tif (excess(node, side) < 99)"),
    ),
    Mutant(
        "tree_rotates_once",
        TEST,
        (
            TREE,
            "if (excess(node->child[side], side) < 0)",
            "\tif (excess(node->child[side], side) < -1)",
        ),
    ),
    Mutant(
        "tree_rotates_twice",
        TEST,
        (
            TREE,
            "if (excess(node->child[side], side) < 0)",
            "\tif (excess(node->child[side], side) < 1)",
        ),
    ),
    Mutant(
        "tree_stops_early",
        TEST,
        (
            TREE,
            "return learned || node->height != old;",
            "\t(void)learned;\n\treturn node->height != old;",
        ),
    ),
    Mutant(
        "tree_stops_when_rotated",
        TEST,
        (TREE, "if (!renewed && top == node)", "\tif (!renewed)"),
    ),
    Mutant(
        "tree_rotates_unlearned",
        TEST,
        (
            TREE,
            "renew_node(tree, top); renew_node(tree, up);",
            "\trenew_node(tree, up);\n\trenew_node(tree, top);",
        ),
    ),
    Mutant(
        "tree_heir_not_renewed",
        TEST,
        (
            TREE,
            "tree_renew(tree, lowest); tree_renew(tree, next);",
            "\ttree_renew(tree, lowest);",
        ),
    ),
    Mutant(
        "tree_of_areas_never_balanced",
        "manyareas random_calls",
        (TREE, "if (excess(node, side) < 2)", "\tif (excess(node, side) < 99)"),
        says="audit: tree of areas is out of balance",
    ),
    Mutant(
        "tree_heir_keeps_height",
        TEST,
        (
            TREE,
            "heir->height = 0;\t/* so that it is renewed in any case */",
            "\their->height = old->height;",
        ),
    ),
    Mutant(
        "tree_heir_from_below_itself",
        TEST,
        (
            TREE,
            "lowest = next->parent == node ? next : next->parent;",
            "\tlowest = next->parent;",
        ),
    ),
]

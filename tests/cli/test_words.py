"""What the program says: help, completion, mistakes and exit codes. Nothing here loads or serves."""
import json
import os
import re
import socket
import subprocess
import unittest

from harness import PROGRAM, ROOT, CliTest

COMMANDS = ["init", "peek", "plan", "load", "replay", "generate", "serve", "check", "schema", "completion", "version"]


class Words(CliTest):
    def test_help_lists_every_command_and_the_exit_codes(self):
        text = self.succeeds("--help")
        for command in COMMANDS:
            self.assertRegex(text, rf"(?m)^  {command} ")
        self.assertIn("Exit codes: 0 done", text)

    def test_every_command_teaches_by_example(self):
        for command in COMMANDS:
            text = self.succeeds(command, "--help")
            if command != "version":
                self.assertIn("Examples:", text, command)
                self.assertIn(f"  aljibe {command}" if command != "completion" else "aljibe completion", text, command)

    def test_examples_use_only_flags_that_exist(self):
        for command in COMMANDS:
            text = self.succeeds(command, "--help")
            options, _, examples = text.partition("Examples:")
            for flag in re.findall(rf"aljibe {command}\b[^\n]*?(--[a-z-]+)", examples):
                self.assertIn(flag, options, command)

    def test_no_command_is_usage(self):
        self.fails(2)

    def test_a_mistyped_command_is_suggested(self):
        self.fails(2, "lod", says=['no command "lod"', 'Did you mean "aljibe load"?', "[ALJ200]"])
        self.fails(2, "frobnicate", says="aljibe --help")

    def test_bad_flags_point_to_the_help(self):
        self.fails(2, "generate", "--rwos", "3", says="aljibe generate --help")
        self.fails(2, "generate", "--rows", "many", says="--rows")
        self.fails(2, "generate", "--dirty", "lots", says="--dirty needs a share such as")
        self.fails(2, "completion", "tcsh", says="completion --help")
        self.fails(2, "serve", "--listen", "nowhere", "x.db", says="has no port")

    def test_version(self):
        self.assertRegex(self.succeeds("version"), r"^aljibe \d+\.\d+\.\d+\n$")

    def test_no_colours_outside_a_terminal(self):
        self.assertNotIn("\x1b", self.fails(3, "load"))

    def test_bash_completion_sources_and_completes(self):
        script = self.succeeds("completion", "bash")
        check = 'COMP_WORDS=(aljibe se) COMP_CWORD=1; _aljibe; echo "${COMPREPLY[*]}"; COMP_WORDS=(aljibe load --re) COMP_CWORD=2; _aljibe; echo "${COMPREPLY[*]}"'
        done = subprocess.run(["bash", "-euc", script + "\n" + check], capture_output=True, text=True, timeout=30)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.split("\n")[0], "serve")
        self.assertEqual(done.stdout.split("\n")[1], "--restart")

    def test_other_shells_name_every_command(self):
        for shell in ("zsh", "fish"):
            script = self.succeeds("completion", shell)
            for command in COMMANDS:
                self.assertIn(command, script)

    def test_the_schema_in_docs_is_current(self):
        text = self.succeeds("schema")
        json.loads(text)
        self.assertEqual((ROOT / "docs/aljibe.schema.json").read_text(), text, "aljibe schema > docs/aljibe.schema.json")

    def test_the_reference_in_docs_is_current(self):
        self.assertIn(self.succeeds("schema", "--markdown"), (ROOT / "docs/configuration.md").read_text())


class Configuration(CliTest):
    def test_a_missing_file_says_how_to_make_one(self):
        for command in ("load", "serve", "check", "plan"):
            self.fails(3, command, says=["There is no aljibe.yaml here.", "aljibe init FILE", "[ALJ205]"])

    def test_every_mistake_is_told_with_its_place(self):
        self.write("aljibe.yaml", "cache:\n  freshnes: session\nlisten: {port: 99999}\n")
        error = self.fails(3, "serve")
        self.assertIn('aljibe.yaml:2:3: unknown key "freshnes" under cache. Did you mean "freshness"? [ALJ202]', error)
        self.assertIn("aljibe.yaml:3:16: listen.port cannot be", error)

    def test_another_file_can_be_named(self):
        self.write("other/shop.yaml", "databse: x\n")
        self.fails(3, "serve", "--config", "other/shop.yaml", says='other/shop.yaml:1:1: unknown key "databse"')

    def test_references(self):
        self.write("aljibe.yaml", "listen:\n  port: ${env:NO_SUCH_PORT}\n")
        self.fails(3, "serve", says=["${env:NO_SUCH_PORT} is not set", "[ALJ204]"])
        self.write("aljibe.yaml", "database: ${keyvault:db}\n")
        self.fails(3, "serve", says="Azure Key Vault, which is not in this build")
        self.write("aljibe.yaml", "database: ${file:/nowhere/at/all}\n")
        self.fails(3, "serve", says="${file:/nowhere/at/all} cannot be read")

    def test_a_secret_is_not_shown(self):
        self.write("aljibe.yaml", "listen:\n  port: ${env:SECRET_PORT}\n")
        self.assertNotIn("hunter2", self.fails(3, "serve", environment={"SECRET_PORT": "hunter2"}))

    def test_hostile_yaml(self):
        laughs = "a: &a [x]\n" + "\n".join(f"b{i}: [*a, *a]" for i in range(10))
        for text in (laughs, "[" * 100_000, "a: " + "x" * 10_000_000, "cache: {}\ncache: {}\n", "\x00\x01", "{{{{"):
            self.write("aljibe.yaml", text)
            self.fails(3, "check")

    def test_unknown_pipeline(self):
        self.write("aljibe.yaml", "pipelines: {catalogue: [{load: a.csv, into: a}]}\n")
        self.fails(2, "load", "catalog", says=['no pipeline "catalog"', 'Did you mean "catalogue"?', "[ALJ504]"])

    def test_an_unreadable_configuration(self):
        (self.folder / "aljibe.yaml").mkdir()
        self.fails(4, "check", says="aljibe.yaml: Is a directory.")


if __name__ == "__main__":
    unittest.main()

"""The coroutine fault of g++ 12 (docs/decisions/0001-compiler.md): still there in g++ 12, not in the compiler we use.

Where g++ 12 is not installed the first half is skipped, and says so.
"""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).with_name("gcc12_fault.cc")


def destroyed_too_often(compiler, standard):
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "fault"
        subprocess.run([compiler, f"-std={standard}", "-o", program, SOURCE], check=True)
        return int(subprocess.run([program], capture_output=True, text=True, check=False).stdout)


class CoroutineFault(unittest.TestCase):
    @unittest.skipUnless(shutil.which("g++-12"), "g++ 12 is not installed")
    def test_gcc_12_destroys_a_temporary_twice(self):
        self.assertEqual(destroyed_too_often("g++-12", "c++20"), 1)

    def test_clang_19_destroys_it_once(self):
        self.assertEqual(destroyed_too_often("clang++-19", "c++23"), 0)


if __name__ == "__main__":
    unittest.main()

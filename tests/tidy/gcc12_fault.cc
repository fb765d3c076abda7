// Why the compiler is clang 19 (docs/decisions/0001-compiler.md): g++ 12.2 destroys a temporary lambda with a by-value
// capture twice when it stands in a co_await expression. Prints how often one captured object was destroyed too often.
#include <coroutine>
#include <cstdio>
#include <utility>

namespace {

int alive = 0;

struct Counted {
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }
};

struct Task {
  struct promise_type {
    Task get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

template <class Work>
struct Ready {
  Work work;
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  void await_resume() { work(); }
};

template <class Work>
Ready<Work> ready(Work work) {
  return {std::move(work)};
}

Task run(Counted counted) {
  co_await ready([counted] { (void)counted; });
}

}  // namespace

int main() {
  run(Counted{});
  std::printf("%d\n", -alive);
  return alive == 0 ? 0 : 1;
}

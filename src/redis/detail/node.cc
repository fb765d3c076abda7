#include "redis/detail/node.h"

#include <utility>

namespace aljibe::redis::detail {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

}  // namespace

Node::Node(NodeOwner& owner, std::string host, std::uint16_t port, MachineOptions options, Credentials credentials, ReplyLimits limits)
    : owner_(owner), host_(std::move(host)), port_(port), limits_(limits), machine_(options, std::move(credentials)), parser_(limits) {}

Node::~Node() { close(); }

void Node::step(Event event) {
  auto actions = std::exchange(spare_, {});
  machine_.step(std::chrono::steady_clock::now(), std::move(event), actions);
  for (auto& action : actions) perform(action);
  actions.clear();
  spare_ = std::move(actions);
  if (!why_not_opened_.empty()) step(event::Lost{std::exchange(why_not_opened_, {})});
}

void Node::perform(Action& action) {
  std::visit(Overloaded{[&](action::Open&) { open(); },
                        [&](action::Close&) { close(); },
                        [&](action::Write& write) { outgoing_ += write.bytes; },
                        [&](action::WriteCall& call) { outgoing_ += owner_.bytes_of(call.ticket); },
                        [&](action::Deliver& delivered) { owner_.deliver(delivered.ticket, std::move(delivered.reply)); },
                        [&](action::Redirect& redirect) { owner_.redirect(*this, std::move(redirect)); },
                        [&](action::Fail& failed) { owner_.fail(*this, failed); },
                        [&](action::Greeted&) { owner_.greeted(*this); },
                        [&](action::Disconnected& disconnected) { owner_.disconnected(*this, std::move(disconnected.why)); },
                        [&](action::AuthenticationRefused& refused) { owner_.authentication_refused(*this, std::move(refused.why)); }},
             action);
}

void Node::open() {
  close();
  auto link = owner_.open(*this);
  if (link) link_ = std::move(*link);
  else why_not_opened_ = std::string(link.error().message()) + " " + std::string(link.error().details());
}

void Node::close() {
  if (link_) std::exchange(link_, nullptr)->close();
  outgoing_.clear();
  parser_ = Parser(limits_);
}

void Node::flush() {
  if (link_ && !outgoing_.empty()) link_->write(outgoing_);
}

void Node::opened() {
  step(event::Opened{});
  owner_.settle();
}

/// A step may close the link; the bytes behind are nobody's then.
void Node::received(std::string_view bytes) {
  while (link_ && !bytes.empty()) {
    const auto outcome = parser_.parse(bytes);
    if (outcome == Parser::Outcome::done) step(event::Replied{parser_.take()});
    else if (outcome == Parser::Outcome::error) step(event::Garbled{parser_.error()});
  }
  owner_.settle();
}

void Node::lost(std::string why) {
  close();
  step(event::Lost{std::move(why)});
  owner_.settle();
}

}  // namespace aljibe::redis::detail

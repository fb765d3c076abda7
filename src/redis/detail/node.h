#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "redis/detail/link.h"
#include "redis/machine.h"
#include "redis/reply.h"

namespace aljibe::redis::detail {

class Node;

/// What a node's connection says to the client it belongs to. Called on the client's thread.
class NodeOwner {
 public:
  virtual Result<std::shared_ptr<Link>> open(Node& node) = 0;
  virtual std::string_view bytes_of(Ticket ticket) = 0;
  virtual void deliver(Ticket ticket, Reply reply) = 0;
  virtual void redirect(Node& node, action::Redirect redirect) = 0;
  virtual void fail(Node& node, const action::Fail& failed) = 0;
  virtual void greeted(Node& node) = 0;
  virtual void disconnected(Node& node, std::string why) = 0;
  virtual void authentication_refused(Node& node, std::string why) = 0;
  /// Something came from the network, and all that follows from it has been said.
  virtual void settle() = 0;

 protected:
  ~NodeOwner() = default;
};

/// One server: does what its machine says, on its link.
class Node final : public LinkEvents {
 public:
  Node(NodeOwner& owner, std::string host, std::uint16_t port, MachineOptions options, Credentials credentials, ReplyLimits limits);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void step(Event event);
  /// Sends what the steps since the last time have written.
  void flush();

  [[nodiscard]] const Machine& machine() const { return machine_; }
  [[nodiscard]] const std::string& host() const { return host_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string name() const { return host_ + ":" + std::to_string(port_); }

  void opened() override;
  void received(std::string_view bytes) override;
  void lost(std::string why) override;

 private:
  void perform(Action& action);
  void open();
  void close();

  NodeOwner& owner_;
  const std::string host_;
  const std::uint16_t port_;
  const ReplyLimits limits_;
  Machine machine_;
  Parser parser_;
  std::shared_ptr<Link> link_;
  std::string outgoing_;
  std::string why_not_opened_;
  std::vector<Action> spare_;  // its memory is used again
};

}  // namespace aljibe::redis::detail

#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace aljibe::io::detail {

/// What "Connection" says: nothing where HTTP's default is right.
enum class Persistence : std::uint8_t { implied, keep_alive, close };
enum class BodyPart : std::uint8_t { sent, omitted };

/// Answers that wait to be sent, in order, as pieces for one gathering write.
///
/// Heads are written one after another into one text; bodies stay where they are, kept alive by their response.
class Outbox {
 public:
  /// `common` are the fields that every answer has: "Date: …\r\n" and more.
  void add(http::Response response, std::string_view common, Persistence persistence, BodyPart body);
  /// Bytes as they are ("HTTP/1.1 100 Continue…").
  void add_raw(std::string_view bytes);

  [[nodiscard]] bool is_empty() const { return pieces_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t answers() const { return answers_; }

  /// Pieces to send, at most `pieces_max`; they stand until sent() or add().
  std::span<const iovec> gather(std::size_t pieces_max);
  /// The first `bytes` of gather() have left.
  void sent(std::size_t bytes);

 private:
  struct Piece {
    const char* data;    // null: in heads_, from `offset`
    std::size_t offset;
    std::size_t size;
  };

  void extend_heads(std::size_t from);

  std::string heads_;
  std::vector<Piece> pieces_;
  std::vector<std::shared_ptr<const http::Prepared>> kept_;
  std::vector<iovec> gathered_;
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
  std::size_t answers_ = 0;
};

}  // namespace aljibe::io::detail

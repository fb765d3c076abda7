#pragma once

#include <string_view>

#include "format/csv_scan.h"

namespace aljibe::format::detail {

ScanResult scan_avx2(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index);
ScanResult scan_avx512(std::string_view bytes, const Marks& marks, Before before, MarkIndex& index);

}  // namespace aljibe::format::detail

// SPDX-License-Identifier: Apache-2.0
// SHA-1 (FIPS 180-4), for hashes that published splits are made by; it secures nothing.
#ifndef MOTE_TRAIN_DATA_SHA1_H_
#define MOTE_TRAIN_DATA_SHA1_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace mote::train {

/// The digest's five words, the first one being the most significant.
std::array<uint32_t, 5> sha1(std::string_view text);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_SHA1_H_

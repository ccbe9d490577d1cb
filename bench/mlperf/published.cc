// SPDX-License-Identifier: Apache-2.0
#include "bench/mlperf/published.h"

namespace mote::mlperf {
namespace {

constexpr const char *kL4 = "NUCLEO-L4R5ZI", *kH7 = "NUCLEO-H7A3ZI-Q", *kU5 = "NUCLEO-U575ZI-Q",
                     *kM85 = "RA8D1", *kG0 = "NUCLEO-G0B1RE";
constexpr const char *kM4 = "cortex-m4", *kM7 = "cortex-m7", *kM33 = "cortex-m33";

constexpr Published kPublished[] = {
    {"kws01", kL4, kM4, 120, "reference (TFLM)", 181.9, 7374},
    {"kws01", kL4, kM4, 120, "microTVM and CMSIS-NN (v1.0)", 99.8, 5230},
    {"kws01", kL4, kM4, 120, "Plumerai (v1.1)", 47.78, {}},
    {"kws01", kL4, kM4, 120, "X-CUBE-AI 9 (v1.2)", 43.19, 1820},
    {"kws01", kH7, kM7, 280, "X-CUBE-AI 9", 11.32, 1376},
    {"kws01", kU5, kM33, 160, "X-CUBE-AI", 28.99, 664},
    {"kws01", kM85, "cortex-m85", 480, "not named", 3.465, {}},
    {"kws01", kG0, "cortex-m0plus", 64, "Bosch", 474.6, {}},
    {"vww01", kL4, kM4, 120, "reference (TFLM)", 600.6, 24313},
    {"vww01", kL4, kM4, 120, "microTVM and CMSIS-NN (v1.0)", 301.2, 15531},
    {"vww01", kL4, kM4, 120, "Plumerai (v1.1)", 98.76, {}},
    {"vww01", kL4, kM4, 120, "X-CUBE-AI 9 (v1.2)", 88.93, 3895},
    {"vww01", kH7, kM7, 280, "X-CUBE-AI 9", 23.80, 2965},
    {"vww01", kU5, kM33, 160, "X-CUBE-AI", 59.27, 1372},
    {"vww01", kM85, "cortex-m85", 480, "not named", 13.39, {}},
    {"vww01", kG0, "cortex-m0plus", 64, "Bosch", 1414, {}},
    {"ic01", kL4, kM4, 120, "reference (TFLM)", 704.2, 29207},
    {"ic01", kL4, kM4, 120, "microTVM and CMSIS-NN (v1.0)", 389.6, 20236},
    {"ic01", kL4, kM4, 120, "Plumerai (v1.1)", 167.8, {}},
    {"ic01", kL4, kM4, 120, "X-CUBE-AI 9 (v1.2)", 165.1, 6919},
    {"ic01", kH7, kM7, 280, "X-CUBE-AI 9", 40.84, 5090},
    {"ic01", kU5, kM33, 160, "Plumerai", 104.3, {}},
    {"ic01", kM85, "cortex-m85", 480, "not named", 8.478, {}},
    {"ic01", kG0, "cortex-m0plus", 64, "Bosch", 1522, {}},
    {"ad01", kL4, kM4, 120, "reference (TFLM)", 10.05, 416},
    {"ad01", kL4, kM4, 120, "microTVM and CMSIS-NN (v1.0)", 8.61, 443},
    {"ad01", kL4, kM4, 120, "Plumerai (v1.1)", 4.052, {}},
    {"ad01", kL4, kM4, 120, "X-CUBE-AI 9 (v1.2)", 5.261, 203},
    {"ad01", kH7, kM7, 280, "X-CUBE-AI 9", 1.225, 166},
    {"ad01", kU5, kM33, 160, "Bosch", 3.09, {}},
    {"ad01", kM85, "cortex-m85", 480, "not named", 0.531, {}},
    {"ad01", kG0, "cortex-m0plus", 64, "Bosch", 40.9, {}},
};

}  // namespace

std::span<const Published> published_results() {
  return kPublished;
}

}  // namespace mote::mlperf

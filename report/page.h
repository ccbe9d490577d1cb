// SPDX-License-Identifier: Apache-2.0
// Reports as one HTML file that needs nothing else: template, style, scripts and data in one text.
// It is drawn in the browser from the JSON that `--json` prints, so page and JSON can't disagree.
#ifndef MOTE_REPORT_PAGE_H_
#define MOTE_REPORT_PAGE_H_

#include <string>
#include <string_view>

namespace mote {

/// The page's text. `kind` is a folder of report/web/, whose scripts draw the schemas of `json`:
///   "profile"   mote.profile/1 and mote.profile-comparison/1
///   "mlperf"    mote.mlperf/1
///   "data"      mote.data/1 with samples
///   "training"  mote.training/1
/// Nothing in `title` or `json` can become markup or script. If `json` can't be drawn, the page
/// says why, in its text and in the attribute data-error of its body.
/// REQUIRES: `json` is JSON in UTF-8; `kind` is one of the above.
std::string report_page(std::string_view title, std::string_view kind, const std::string& json);

}  // namespace mote

#endif  // MOTE_REPORT_PAGE_H_

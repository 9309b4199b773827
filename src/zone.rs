//! The time zone of the place: that of `TZ`, or the system's. Only the one file
//! is read; a look through the whole data base would take longer than the rest
//! of a start.

use std::path::Path;
use std::{env, fs};

use jiff::tz::TimeZone;

/// Where zones are by their names.
const ZONES: &str = "/usr/share/zoneinfo";
/// The system's zone.
const LOCAL: &str = "/etc/localtime";

/// The time zone that `TZ` names (tzset(3)): a file of the zone data base, any
/// file, or a rule as POSIX writes it; without `TZ` the system's; UTC where
/// there is none.
pub(crate) fn local() -> TimeZone {
    match env::var_os("TZ") {
        None => file(Path::new(LOCAL)),
        Some(value) => {
            let text = value.to_string_lossy();
            let name = text.strip_prefix(':').unwrap_or(&text);
            // An empty name is UTC; a path that is absolute replaces the folder.
            let named = if name.is_empty() { None } else { file(&Path::new(ZONES).join(name)) };
            named.or_else(|| TimeZone::posix(name).ok())
        }
    }
    .unwrap_or(TimeZone::UTC)
}

/// The zone that a file describes (RFC 9636).
fn file(path: &Path) -> Option<TimeZone> {
    let octets = fs::read(path).ok()?;
    TimeZone::tzif(&path.to_string_lossy(), &octets).ok()
}

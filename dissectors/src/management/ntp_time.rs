//! NTP's time formats (RFC 5905, section 6).

use crate::calendar::Calendar;
use crate::out::Out;
use crate::put::{Put, Zeros};
use crate::view::{Step, View};

/// Seconds from 1900 to 1970.
const UNIX_FROM_1900: i64 = 2_208_988_800;
/// Seconds from 1970 to the start of the second era in 2036.
const SECOND_ERA: i64 = 2_085_978_496;

/// A 16.16 number of seconds, printed with six decimals.
#[derive(Clone, Copy)]
pub(crate) struct Short {
    seconds: u16,
    fraction: u16,
}

impl Short {
    pub(crate) fn read(v: View<'_>, at: usize) -> Step<Self> {
        Ok(Short { seconds: v.u16(at)?, fraction: v.u16(at + 2)? })
    }
}

impl Put for Short {
    fn put(self, o: &mut Out) {
        o.put((self.seconds, ".", Zeros((u64::from(self.fraction) * 1_000_000) >> 16, 6)));
    }
}

/// Seconds and binary fraction since 1900, or since 2036 where the first bit is
/// clear (RFC 4330, section 3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timestamp {
    seconds: u32,
    fraction: u32,
}

impl Timestamp {
    pub(crate) fn read(v: View<'_>, at: usize) -> Step<Self> {
        Ok(Timestamp { seconds: v.u32(at)?, fraction: v.u32(at + 4)? })
    }
}

/// Nine decimals of a binary fraction of a second; computed as the printed text
/// was, in floating point.
fn decimals(fraction: u32) -> Zeros<u32> {
    Zeros((f64::from(fraction) / 4_294_967_296.0 * 1_000_000_000.0) as u32, 9)
}

/// The number, and the date unless its seconds are zero.
impl Put for Timestamp {
    fn put(self, o: &mut Out) {
        o.put((self.seconds, ".", decimals(self.fraction)));
        if self.seconds != 0 {
            let seconds = i64::from(self.seconds);
            let unix = if self.seconds >> 31 == 0 { seconds + SECOND_ERA } else { seconds - UNIX_FROM_1900 };
            o.put((" (", Calendar::from_unix(unix).with('T'), "Z)"));
        }
    }
}

/// Prints `later` minus `earlier` with its sign, or `later` if the other is not set.
pub(crate) fn difference(o: &mut Out, earlier: Timestamp, later: Timestamp) {
    if earlier.seconds == 0 && earlier.fraction == 0 {
        return later.put(o);
    }
    let number = |t: Timestamp| u64::from(t.seconds) << 32 | u64::from(t.fraction);
    let (from, to) = (number(earlier), number(later));
    // Equal times have a minus too.
    let (sign, apart) = if to > from { ("+", to - from) } else { ("-", from - to) };
    o.put((sign, apart >> 32, ".", decimals(apart as u32)));
}

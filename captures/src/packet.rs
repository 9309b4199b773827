//! A packet where it lies, and the interface that it came from.

/// When a packet was captured.
///
/// `nanos` is not normalised: a damaged file can hold a second's fraction of a
/// second or more, which is shown as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    pub seconds: i64,
    /// Nanoseconds of the second.
    pub nanos: u64,
}

/// A captured packet, in place in the chunk that was read.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'c> {
    /// When it was captured.
    pub time: Time,
    /// Its length on the wire in octets.
    pub wire_len: u32,
    /// The captured octets.
    pub data: &'c [u8],
    /// The number of its interface in [`Records::interfaces`](crate::file::Records::interfaces).
    pub interface: usize,
    /// The whole record or block that holds it.
    pub record: &'c [u8],
}

/// How finely an interface counts time: units to a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// Units to a second; a power of 10 or of 2.
    pub per_second: u64,
}

impl Default for Resolution {
    fn default() -> Self {
        Resolution::MICRO
    }
}

impl Resolution {
    /// A millionth of a second.
    pub const MICRO: Self = Resolution { per_second: 1_000_000 };
    /// A billionth of a second.
    pub const NANO: Self = Resolution { per_second: 1_000_000_000 };

    /// A count of units since 1970, and an offset in seconds, as a time.
    pub(crate) fn time(self, units: u64, offset: i64) -> Time {
        let seconds = (units / self.per_second) as i64;
        let rest = u128::from(units % self.per_second);
        let nanos = rest * 1_000_000_000 / u128::from(self.per_second);
        Time { seconds: seconds.wrapping_add(offset), nanos: nanos as u64 }
    }
}

/// A source of packets within a capture.
#[derive(Clone, Debug, Default)]
pub struct Interface {
    /// The LINKTYPE_ value.
    pub link: u16,
    /// The most octets that are captured of a packet.
    pub snaplen: u32,
    /// How finely its times are counted.
    pub resolution: Resolution,
    /// Seconds to add to its times.
    pub offset: i64,
    /// Its name, if the file says.
    pub name: Option<String>,
}

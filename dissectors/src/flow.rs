//! What earlier packets tell of a segment or a datagram, for its place in the tree.

/// A segment or a datagram among those of its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The IP protocol: 6 for TCP, 17 for UDP.
    pub protocol: u8,
    /// Its ports, the sender's first.
    pub ports: (u16, u16),
    /// The number of its connection among those of its protocol, from 0.
    pub stream: u64,
    /// Nanoseconds since the first packet of its connection.
    pub since_first: i64,
    /// Nanoseconds since the packet of its connection before it.
    pub since_previous: i64,
    /// Whether an error quotes it.
    pub quoted: bool,
    /// How the connection goes; nothing for UDP, and for a segment that is quoted.
    pub verdict: Option<Verdict>,
    /// What a message of DNS has to do with earlier ones.
    pub turn: Option<Turn>,
}

/// What a message of DNS has to do with earlier ones of the same number between the same
/// ports. Frames are named by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// A query that was sent in this frame before, and has no answer yet.
    QueryAgain(u64),
    /// The first answer.
    Answer {
        /// The frame of the query.
        query: u64,
        /// Nanoseconds since the query.
        time: i64,
    },
    /// An answer after the one in this frame.
    AnswerAgain(u64),
}

/// How windows are scaled (RFC 7323, section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// The beginning of the connection was not seen.
    #[default]
    Unknown,
    /// Not at all.
    Unused,
    /// By so many bits to the left, at most 14.
    Shift(u8),
}

/// What is said of a segment, with what came before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What its sequence number is relative to.
    pub own: u32,
    /// What its acknowledgment is relative to, if it has one.
    pub other: u32,
    /// How its window is scaled.
    pub scale: Scale,
    /// Whether it was sent before.
    pub retransmission: bool,
    /// Whether it was overtaken.
    pub out_of_order: bool,
    /// How often its acknowledgment was repeated, this time included.
    pub duplicate: u32,
    /// Whether it says that nothing more may be sent.
    pub zero_window: bool,
    /// From a segment to this acknowledgment of it, in nanoseconds; only the latest
    /// segments are timed, and none that was sent again.
    pub rtt: Option<i64>,
    /// From SYN to the acknowledgment of its answer, in nanoseconds, once that has come.
    pub initial_rtt: Option<i64>,
}

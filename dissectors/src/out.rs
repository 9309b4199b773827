//! Where a packet's text goes, with all that a dissector may consult: options,
//! names and the state that outlives a packet.

use crate::field::{Field, Read};
use crate::fields::Id;
use crate::line::Line;
use crate::names::Names;
use crate::observe::Facts;
use crate::options::Options;
use crate::put::{Chars, Paint, Put};
use crate::state::State;
use crate::tree::{Tree, Value};
use crate::view::{Step, Stop, View};

/// Headers nested deeper than this are not followed: each costs stack, and a
/// packet of 256 KiB can hold tens of thousands.
const MAX_DEPTH: u32 = 256;

/// What names a field.
pub trait Noted {
    /// The field.
    fn id(self) -> Id;
}

impl Noted for Id {
    #[inline(always)]
    fn id(self) -> Id {
        self
    }
}

/// The output of dissection: one line and, when asked, one tree.
pub struct Out {
    /// The text of the packet so far.
    pub line: Line,
    /// The fields of the packet, when somebody wants them.
    pub tree: Option<Box<Tree>>,
    /// The options that shape the text.
    pub opt: Options,
    /// What earlier packets left behind.
    pub state: Box<State>,
    /// What was settled of it before, in the order of the packets; the state is
    /// not consulted then.
    pub facts: Option<Facts>,
    /// Names of hosts, services and protocols.
    pub names: Box<dyn Names>,
    /// The protocol being printed, for ` [|proto]`.
    pub proto: &'static str,
    /// Octets of link-level header, which `-x`, `-X` and `-A` leave out.
    pub link_len: usize,
    depth: u32,
}

impl Out {
    /// An output without a tree.
    pub fn new(opt: Options, names: Box<dyn Names>) -> Self {
        Out {
            line: Line::with_capacity(64 << 10),
            tree: None,
            opt,
            state: Box::default(),
            facts: None,
            names,
            proto: "",
            link_len: 0,
            depth: 0,
        }
    }

    /// Makes ready for the next packet.
    pub(crate) fn begin(&mut self) {
        self.proto = "";
        self.link_len = 0;
        self.depth = 0;
    }

    /// What earlier packets left behind, for a packet that was not settled before.
    pub(crate) fn state(&mut self) -> &mut State {
        debug_assert!(self.facts.is_none(), "a packet that was settled needs earlier ones");
        &mut self.state
    }

    /// Appends text, numbers and addresses to the line.
    #[inline(always)]
    pub fn put(&mut self, what: impl Put) {
        what.put(self);
    }

    /// Notes a field in the tree without printing it.
    #[inline]
    pub fn note(&mut self, field: impl Noted, value: impl Into<Value>) {
        if let Some(tree) = &mut self.tree {
            tree.add(field.id(), value.into());
        }
    }

    /// Notes text or data in the tree.
    #[inline]
    pub fn note_octets(&mut self, field: impl Noted, octets: &[u8]) {
        if let Some(tree) = &mut self.tree {
            tree.add_octets(field.id(), octets);
        }
    }

    /// Notes text that the first NUL ends, if there is one.
    pub(crate) fn note_padded(&mut self, field: impl Noted, octets: &[u8]) {
        if let Some(tree) = &mut self.tree {
            tree.add_padded(field.id(), octets);
        }
    }

    /// Notes what `text` would write in the tree, without leaving it in the line.
    pub(crate) fn note_text(&mut self, field: impl Noted, text: impl Put) {
        let Some(mut tree) = self.tree.take() else { return };
        let start = self.line.len();
        self.put(text);
        tree.add_octets(field.id(), &self.line.as_bytes()[start..]);
        self.line.truncate(start);
        self.tree = Some(tree);
    }

    /// Notes a header's field in the tree, if it is captured.
    #[inline]
    pub(crate) fn see<T: Read>(&mut self, field: Field<T>, v: View<'_>) {
        if let Some(tree) = &mut self.tree
            && let Ok(value) = field.read(v)
        {
            tree.add(field.id(), value.into());
        }
    }

    /// Appends one packet byte as tcpdump does in fields: `M-` before a byte
    /// over 127, `^` and a letter for a control character.
    #[inline]
    pub fn char(&mut self, byte: u8) {
        if (0x20..0x7f).contains(&byte) {
            return self.line.byte(byte);
        }
        if byte > 0x7f {
            self.line.str("M-");
        }
        let low = byte & 0x7f;
        if (0x20..0x7f).contains(&low) {
            self.line.byte(low);
        } else {
            self.line.bytes(&[b'^', low ^ 0x40]);
        }
    }

    /// Appends one packet byte, or a dot for one that cannot be printed.
    pub fn dotted(&mut self, byte: u8) {
        self.line.byte(if (0x20..0x7f).contains(&byte) { byte } else { b'.' });
    }

    /// Appends the bytes of `view` up to a NUL or `max`; true if the capture
    /// ended before either.
    pub fn until_nul(&mut self, view: View<'_>, max: usize) -> bool {
        for i in 0..max {
            match view.u8(i) {
                Ok(0) => return false,
                Ok(byte) => self.char(byte),
                Err(_) => return true,
            }
        }
        false
    }

    /// Appends `len` octets as text; where the capture ends in it, what there is.
    pub fn text(&mut self, view: View<'_>, len: usize) -> Step {
        let octets = &view.data()[..len.min(view.caplen())];
        self.put(Chars(octets));
        if octets.len() < len { Err(Stop::Truncated) } else { Ok(()) }
    }

    /// As [`Out::text`], but a NUL ends the text.
    pub fn text_to_nul(&mut self, view: View<'_>, len: usize) -> Step {
        if self.until_nul(view, len) { Err(Stop::Truncated) } else { Ok(()) }
    }

    /// ` [|proto]`: the capture ends inside the protocol being printed.
    pub fn truncated(&mut self) {
        let proto = self.proto;
        self.put((" [|", proto, "]"));
    }

    /// ` (invalid)`: the packet contradicts itself.
    pub fn invalid(&mut self) {
        self.put(" (invalid)");
    }

    /// ` [what value relation bound]`: what a malformed packet contradicts.
    /// The result is the [`Stop`] to return.
    #[must_use]
    pub fn wrong(&mut self, what: &'static str, value: impl Put, relation: &'static str, bound: impl Put) -> Stop {
        self.put((" [", what, " ", value, " ", relation, " ", bound, "]"));
        Stop::Malformed
    }

    /// Ends a printer: a malformed packet is marked here and the line goes on;
    /// a truncated one is passed up to the frame.
    pub fn settle(&mut self, result: Step) -> Step {
        match result {
            Err(Stop::Malformed) => {
                self.invalid();
                Ok(())
            }
            other => other,
        }
    }

    /// Goes on behind a printer that notices itself that the packet is cut, which
    /// is marked here.
    pub fn go_on(&mut self, result: Step) -> Step {
        if result == Err(Stop::Cut) {
            self.truncated();
            return Ok(());
        }
        result
    }

    /// Ends a printer that marks a truncated packet itself and lets the line go on.
    pub fn close(&mut self, result: Step) -> Step {
        if matches!(result, Err(Stop::Truncated | Stop::Cut)) {
            self.truncated();
            return Ok(());
        }
        self.settle(result)
    }

    /// Runs a dissector of a nested header; too deep a nesting is malformed.
    pub fn nested<T>(&mut self, dissect: impl FnOnce(&mut Out) -> Step<T>) -> Step<T> {
        if self.depth >= MAX_DEPTH {
            return Err(Stop::Malformed);
        }
        self.depth += 1;
        let result = dissect(self);
        self.depth -= 1;
        result
    }

    /// Whether a header inside another one is being printed.
    pub(crate) fn is_nested(&self) -> bool {
        self.depth > 0
    }

    /// Has `dissect` note the fields of what tcpdump's text does not read, and leaves no text.
    pub(crate) fn note_unread(&mut self, dissect: impl FnOnce(&mut Out) -> Step) {
        if self.tree.is_none() {
            return;
        }
        let (start, proto, link_len) = (self.line.len(), self.proto, self.link_len);
        let _ends_early = self.nested(dissect);
        self.line.truncate(start);
        (self.proto, self.link_len) = (proto, link_len);
    }

    /// Runs `write` with the colour of `paint`, when colours are wanted.
    #[inline(always)]
    pub fn paint(&mut self, paint: Paint, write: impl FnOnce(&mut Out)) {
        if self.opt.color {
            self.color(paint);
        }
        write(self);
        if self.opt.color {
            self.line.str("\x1b[0m");
        }
    }

    /// Begins a colour.
    #[cold]
    fn color(&mut self, paint: Paint) {
        self.line.str(match paint {
            Paint::Address => "\x1b[36m",
            Paint::Port => "\x1b[33m",
            Paint::Flags => "\x1b[35m",
            Paint::Protocol => "\x1b[32m",
            Paint::Hit => "\x1b[1;31m",
        });
    }
}

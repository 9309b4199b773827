//! Packets as lines: of text, or of their fields.

use std::mem;
use std::sync::Arc;

use sniff_captures::Time;
use sniff_dissectors::{Facts, Frame, Line, Names, Options, Out, State, body, header_fault};

use super::Stamp;
use super::object::Objects;
use super::packet::{Grower, Place};
use super::table::Columns;
use crate::search::Search;
use crate::streams::analysis;

/// A packet as it is shown.
pub(crate) struct Shown<'p> {
    /// Its octets.
    pub frame: Frame<'p>,
    /// When it was captured.
    pub time: Time,
    /// The time that its time's difference is from.
    pub since: Time,
    /// Its number.
    pub number: u64,
    /// The number of its interface.
    pub interface: u32,
    /// Where it stands among the others, if somebody wants to know.
    pub place: Option<&'p Place>,
}

/// What a packet's line consists of.
pub(crate) enum Form {
    /// tcpdump's text.
    Text,
    /// A JSON object.
    Json(Objects),
    /// The fields of a table.
    Table(Columns),
}

/// Prints packets into a buffer.
pub(crate) struct Printer {
    out: Out,
    stamp: Stamp,
    number: bool,
    lengths: bool,
    search: Option<Arc<Search>>,
    /// What stands before the lines of each interface, if that is shown.
    pub interfaces: Arc<[String]>,
    form: Form,
    grower: Grower,
}

impl Printer {
    /// A printer; hits of `search` are coloured where colours are wanted.
    pub(crate) fn new(out: Out, stamp: Stamp, number: bool, lengths: bool, search: Option<Arc<Search>>) -> Self {
        let search = search.filter(|_| out.opt.color);
        Printer {
            out,
            stamp,
            number,
            lengths,
            search,
            interfaces: Arc::default(),
            form: Form::Text,
            grower: Grower::default(),
        }
    }

    /// Prints lines of another form.
    pub(crate) fn form(self, form: Form) -> Self {
        Printer { form, ..self }
    }

    /// The options that shape the text.
    pub(crate) fn options(&self) -> &Options {
        &self.out.opt
    }

    /// Prints a packet with the facts that were settled before, or with the state at hand.
    pub(crate) fn packet(&mut self, shown: &Shown<'_>, facts: Option<Facts>) {
        if !matches!(self.form, Form::Text) {
            return self.fields(shown, facts);
        }
        let o = &mut self.out;
        let start = o.line.len();
        o.facts = facts;
        if self.number {
            o.line.dec_padded(shown.number, 5, b' ');
            o.line.str("  ");
        }
        if self.lengths {
            o.put(("caplen ", shown.frame.data.len(), " len ", shown.frame.wire_len, " "));
        }
        if !header_fault(o, &shown.frame) {
            self.stamp.write(&mut o.line, shown.time, shown.since);
            if let Some(name) = self.interfaces.get(shown.interface as usize) {
                o.line.str(name);
            }
            body(o, &shown.frame);
            let flows = shown.place.map_or(&[][..], |place| &place.flows);
            // Of tunnels, the innermost connection counts.
            if let Some(verdict) = flows.iter().rev().find_map(|flow| flow.verdict.as_ref()) {
                analysis::write(verdict, &mut o.line);
            }
        }
        o.line.byte(b'\n');
        if let Some(search) = &self.search {
            search.mark(o, start);
        }
    }

    /// Prints the fields of a packet.
    fn fields(&mut self, shown: &Shown<'_>, facts: Option<Facts>) {
        self.grower.grow(&mut self.out, shown, facts);
        let Out { line, tree: Some(tree), .. } = &mut self.out else { return };
        match &mut self.form {
            Form::Text => {}
            Form::Json(objects) => objects.write(line, tree),
            Form::Table(columns) => columns.write(line, tree),
        }
        line.byte(b'\n');
    }

    /// Prints a packet at the end of `line`, with the state and the names that
    /// are kept in the order of the packets.
    pub(crate) fn ahead(
        &mut self,
        shown: &Shown<'_>,
        line: &mut Line,
        state: &mut Box<State>,
        names: &mut Box<dyn Names>,
    ) {
        let mut swap = |printer: &mut Printer| {
            mem::swap(&mut printer.out.line, line);
            mem::swap(&mut printer.out.state, state);
            mem::swap(&mut printer.out.names, names);
        };
        swap(self);
        self.packet(shown, None);
        swap(self);
    }

    /// Appends text that was made before.
    pub(crate) fn raw(&mut self, text: &[u8]) {
        self.out.line.bytes(text);
    }

    /// What has been printed.
    pub(crate) fn text(&self) -> &[u8] {
        self.out.line.as_bytes()
    }

    /// Forgets what has been printed beyond `len` octets.
    pub(crate) fn cut(&mut self, len: usize) {
        self.out.line.truncate(len);
    }

    /// Forgets what has been printed.
    pub(crate) fn clear(&mut self) {
        self.out.line.clear();
    }
}

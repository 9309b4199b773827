//! Packets as JSON objects; `docs/fields.md` describes them.

use sniff_dissectors::fields::{self, Id};
use sniff_dissectors::{Line, Tree};

use super::value;

/// The version of the objects' form: it grows when a reader of the old form
/// would misread the new one.
pub(crate) const VERSION: u64 = 1;

/// Writes objects; fields that occur more than once become arrays.
pub(crate) struct Objects {
    /// By field: its first node and its last one, counted from 1; zero is none.
    ends: Vec<(u32, u32)>,
    /// By node: the next one of the same field, counted from 1.
    next: Vec<u32>,
    /// The fields in their order.
    order: Vec<Id>,
    /// By field: `,"name":`.
    names: Vec<String>,
}

impl Objects {
    pub(crate) fn new() -> Self {
        // Names have nothing to escape.
        let name = |id: Id| format!(",\"{}\":", id.info().map_or("", |info| info.name));
        let names = fields::all().map(name).collect();
        Objects { ends: vec![(0, 0); fields::count()], next: Vec::new(), order: Vec::new(), names }
    }

    /// Writes the object of a packet.
    pub(crate) fn write(&mut self, line: &mut Line, tree: &Tree) {
        self.order(tree);
        line.str("{\"sniff\":");
        line.dec(VERSION);
        for &field in &self.order {
            let (first, last) = std::mem::take(&mut self.ends[field.index()]);
            line.str(&self.names[field.index()]);
            if first == last {
                value::json(line, tree, field, tree.nodes()[first as usize - 1].value);
                continue;
            }
            line.byte(b'[');
            let mut at = first;
            while at != 0 {
                if at != first {
                    line.byte(b',');
                }
                value::json(line, tree, field, tree.nodes()[at as usize - 1].value);
                at = self.next[at as usize - 1];
            }
            line.byte(b']');
        }
        line.byte(b'}');
    }

    /// Finds which nodes are of the same field.
    fn order(&mut self, tree: &Tree) {
        self.order.clear();
        self.next.clear();
        self.next.resize(tree.nodes().len(), 0);
        for (at, node) in (1..).zip(tree.nodes()) {
            let ends = &mut self.ends[node.field.index()];
            match ends.1 {
                0 => {
                    self.order.push(node.field);
                    ends.0 = at;
                }
                last => self.next[last as usize - 1] = at,
            }
            ends.1 = at;
        }
    }
}

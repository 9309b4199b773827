//! The fields that packets are printed with, with tabs or commas between them.

use sniff_dissectors::fields::{self, Id};
use sniff_dissectors::{Line, Tree, Value};

use super::near::near;
use super::value;

/// The columns of a table.
pub(crate) struct Columns {
    /// The fields of each column.
    columns: Vec<Vec<Id>>,
    /// Whether some column has the field.
    wanted: Vec<bool>,
    separator: u8,
    /// The fields of the packet at hand that are wanted.
    found: Vec<(Id, Value)>,
    cell: Line,
}

impl Columns {
    /// The columns of these names, with tabs between them or, for `csv`, commas.
    ///
    /// # Errors
    /// A name that no field has.
    pub(crate) fn new(names: &[String], csv: bool) -> Result<Self, String> {
        let columns: Vec<_> = names.iter().map(|name| of(name)).collect::<Result<_, _>>()?;
        let mut wanted = vec![false; fields::count()];
        columns.iter().flatten().for_each(|id| wanted[id.index()] = true);
        let separator = if csv { b',' } else { b'\t' };
        Ok(Columns { columns, wanted, separator, found: Vec::new(), cell: Line::default() })
    }

    /// The same columns for another writer.
    pub(crate) fn another(&self) -> Self {
        let (columns, wanted) = (self.columns.clone(), self.wanted.clone());
        Columns { columns, wanted, separator: self.separator, found: Vec::new(), cell: Line::default() }
    }

    /// Whether a field is in the table.
    pub(crate) fn wants(&self, id: Id) -> bool {
        self.wanted[id.index()]
    }

    /// Whether a field of some kind is in the table.
    pub(crate) fn has(&self, kind: fn(Id) -> bool) -> bool {
        self.columns.iter().flatten().any(|&id| kind(id))
    }

    /// Writes the fields of a packet; several values of one have commas between them.
    pub(crate) fn write(&mut self, line: &mut Line, tree: &Tree) {
        self.found.clear();
        let wanted = |node: &&sniff_dissectors::Node| self.wanted[node.field.index()];
        self.found.extend(tree.nodes().iter().filter(wanted).map(|node| (node.field, node.value)));
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                line.byte(self.separator);
            }
            self.cell.clear();
            let mut first = true;
            for (field, value) in self.found.iter().filter(|(field, _)| column.contains(field)) {
                if !first {
                    self.cell.byte(b',');
                }
                first = false;
                value::plain(&mut self.cell, tree, *field, *value);
            }
            if self.separator == b',' {
                value::quoted(line, self.cell.as_bytes());
            } else {
                line.bytes(self.cell.as_bytes());
            }
        }
    }
}

/// The fields of a name.
fn of(name: &str) -> Result<Vec<Id>, String> {
    let found = fields::named(name);
    if found.is_empty() || fields::is_protocol(name) {
        return Err(unknown(name));
    }
    Ok(found)
}

/// The message for a name that no field has, with one that is close.
pub(crate) fn unknown(name: &str) -> String {
    if fields::is_protocol(name) {
        return format!("'{name}' is a protocol; sniff fields {name} lists its fields");
    }
    let list = fields::list();
    let names: Vec<_> = list.iter().flat_map(|info| [info.name, info.protocol()]).collect();
    let meant = near(name, &names).map(|near| format!(" did you mean '{near}'?")).unwrap_or_default();
    let protocol = name.split('.').next().filter(|protocol| fields::is_protocol(protocol));
    match protocol {
        Some(protocol) => format!("no field '{name}';{meant} sniff fields {protocol} lists them"),
        None => format!("no field '{name}';{meant} sniff fields lists them"),
    }
}

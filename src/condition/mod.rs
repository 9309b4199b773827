//! `--where`: a display filter, true or false of the fields of a packet.

mod lexer;
mod limit;
mod literal;
mod parser;
mod push;
mod test;

use sniff_dissectors::fields::Id;
use sniff_dissectors::{Options, Out};

use crate::names::SystemNames;
use crate::output::{Grower, Shown, is_payload, wanted};
use test::Expr;

/// What is wrong with a condition, and at which octet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub at: usize,
    pub text: String,
}

/// A condition, with what it needs to look at packets.
pub(crate) struct Condition {
    expr: Expr,
    out: Out,
    grower: Grower,
}

impl Condition {
    /// Reads a condition; packets are dissected with `options`.
    ///
    /// # Errors
    /// It is no condition; the octet says where.
    pub(crate) fn new(text: &str, options: Options) -> Result<Self, Wrong> {
        let expr = parser::parse(text)?;
        let mut out = Out::new(options, Box::new(SystemNames::default()));
        let tree = out.tree.get_or_insert_default();
        tree.payloads = expr.any_field(&is_payload);
        tree.wanted = wanted(|id| expr.names(id));
        Ok(Condition { expr, out, grower: Grower::default() })
    }

    /// Whether a packet satisfies it. Packets must come in their order.
    pub(crate) fn holds(&mut self, shown: &Shown<'_>) -> bool {
        self.grower.grow(&mut self.out, shown, None);
        self.out.tree.as_ref().is_some_and(|tree| self.expr.holds(tree, shown.frame.data))
    }

    /// Whether it reads a field of some kind.
    pub(crate) fn reads(&self, kind: fn(Id) -> bool) -> bool {
        self.expr.any_field(&kind)
    }

    /// A filter in the language of pcap-filter(7) that every packet passes that
    /// satisfies the condition; nothing if all may.
    pub(crate) fn filter(&self) -> Option<String> {
        push::filter(&self.expr)
    }
}

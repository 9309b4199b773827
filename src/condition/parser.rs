//! From a condition's words to its tree.

use regex::bytes::{Regex, RegexBuilder};
use sniff_dissectors::fields::{self, Kind};

use super::Wrong;
use super::lexer::{self, Token};
use super::limit;
use super::literal::{self, Literal};
use super::test::{Expr, Operand, Relation};
use crate::output::unknown;

/// Brackets and negations nested deeper than this are refused: each costs stack.
const MAX_DEPTH: u32 = 200;

/// The most octets that a compiled regular expression may take.
const MAX_REGEX: usize = 10 << 20;

const RELATIONS: &[(&str, Relation)] = &[
    ("==", Relation::Equal),
    ("eq", Relation::Equal),
    ("!=", Relation::Different),
    ("ne", Relation::Different),
    ("<", Relation::Less),
    ("lt", Relation::Less),
    (">", Relation::Greater),
    ("gt", Relation::Greater),
    ("<=", Relation::AtMost),
    ("le", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("ge", Relation::AtLeast),
];

/// Reads a condition.
pub(super) fn parse(text: &str) -> Result<Expr, Wrong> {
    let mut parser = Parser { words: lexer::words(text)?, at: 0, end: text.len(), depth: 0 };
    let expr = parser.either()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.wrong("'and' or 'or' is expected")),
    }
}

struct Parser {
    words: Vec<(usize, Token)>,
    at: usize,
    /// The octets of the text.
    end: usize,
    depth: u32,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.words.get(self.at).map(|word| &word.1)
    }

    /// The octet where the next word starts.
    fn place(&self) -> usize {
        self.words.get(self.at).map_or(self.end, |word| word.0)
    }

    fn wrong(&self, text: impl Into<String>) -> Wrong {
        Wrong { at: self.place(), text: text.into() }
    }

    /// Takes the next word if it is a sign or a name.
    fn take(&mut self, text: &str) -> bool {
        let found = match self.peek() {
            Some(Token::Sign(sign)) => *sign == text,
            Some(Token::Word(word)) => word == text,
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str) -> Result<(), Wrong> {
        if self.take(text) { Ok(()) } else { Err(self.wrong(format!("'{text}' is expected"))) }
    }

    fn next(&mut self, what: &str) -> Result<Token, Wrong> {
        let token = self.peek().cloned().ok_or_else(|| self.wrong(format!("{what} is expected")))?;
        self.at += 1;
        Ok(token)
    }

    /// Conditions of which one must hold.
    fn either(&mut self) -> Result<Expr, Wrong> {
        let mut expr = self.both()?;
        while self.take("||") || self.take("or") {
            expr = Expr::Or(Box::new(expr), Box::new(self.both()?));
            self.deeper()?;
        }
        Ok(expr)
    }

    /// Conditions that all must hold.
    fn both(&mut self) -> Result<Expr, Wrong> {
        let mut expr = self.one()?;
        while self.take("&&") || self.take("and") {
            expr = Expr::And(Box::new(expr), Box::new(self.one()?));
            self.deeper()?;
        }
        Ok(expr)
    }

    /// Counts what makes the tree deeper.
    fn deeper(&mut self) -> Result<(), Wrong> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.wrong("the condition is too long")) } else { Ok(()) }
    }

    fn one(&mut self) -> Result<Expr, Wrong> {
        self.deeper()?;
        if self.take("!") || self.take("not") {
            return Ok(Expr::Not(Box::new(self.one()?)));
        }
        if self.take("(") {
            let expr = self.either()?;
            self.expect(")")?;
            return Ok(expr);
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expr, Wrong> {
        let operand = self.operand()?;
        let place = self.place();
        if let Some(&(_, relation)) = RELATIONS.iter().find(|row| self.take(row.0)) {
            return self.relation(operand, relation, place);
        }
        if self.take("in") {
            return self.set(operand);
        }
        if self.take("contains") {
            text_like(&operand, place)?;
            let (at, token) = (self.place(), self.next("a value")?);
            let kind = if matches!(token, Token::Quoted(_)) { Kind::Text } else { Kind::Octets };
            let Literal::Octets(octets) = literal::read(kind, &token).map_err(|text| Wrong { at, text })? else {
                return Err(Wrong { at, text: "text or octets are expected".to_owned() });
            };
            let pattern: String = octets.iter().map(|octet| format!("\\x{octet:02x}")).collect();
            return Ok(Expr::Matches(operand, regex(&pattern, false, at)?));
        }
        if self.take("matches") || self.take("~") {
            text_like(&operand, place)?;
            let (at, token) = (self.place(), self.next("a regular expression")?);
            let Token::Quoted(pattern) = token else {
                return Err(Wrong { at, text: "a regular expression is written in quotes".to_owned() });
            };
            return Ok(Expr::Matches(operand, regex(&of_octets(&pattern), true, at)?));
        }
        Ok(Expr::Exists(operand))
    }

    fn relation(&mut self, operand: Operand, relation: Relation, place: usize) -> Result<Expr, Wrong> {
        let at = self.place();
        if let Some(Token::Word(word)) = self.peek()
            && word.contains('.')
            && !fields::named(word).is_empty()
        {
            let other = self.operand()?;
            if compared(&operand) != compared(&other) {
                return Err(Wrong { at, text: format!("{} and {} hold different kinds", operand.name, other.name) });
            }
            return Ok(Expr::Fields(operand, relation, other));
        }
        let kind = kind_of(&operand).ok_or_else(|| protocol(&operand, place))?;
        let token = self.next("a value")?;
        let wrong = |text| Wrong { at, text };
        let literal = literal::read(kind, &token).map_err(wrong)?;
        limit::check(&operand, relation, &literal).map_err(wrong)?;
        Ok(Expr::Compare(operand, relation, literal))
    }

    /// `in {80, 443, 8000..8080}`.
    fn set(&mut self, operand: Operand) -> Result<Expr, Wrong> {
        let kind = kind_of(&operand).ok_or_else(|| protocol(&operand, self.place()))?;
        self.expect("{")?;
        let mut ranges = Vec::new();
        loop {
            let (at, token) = (self.place(), self.next("a value")?);
            let read = |token: &Token| {
                let literal = literal::read(kind, token)?;
                limit::check(&operand, Relation::Equal, &literal).map(|()| literal)
            };
            let read = |token: &Token| read(token).map_err(|text| Wrong { at, text });
            let range = match &token {
                Token::Word(word) => word.split_once(".."),
                _ => None,
            };
            let (low, high) = match range {
                Some((low, high)) => (read(&Token::Word(low.to_owned()))?, read(&Token::Word(high.to_owned()))?),
                None => (read(&token)?, read(&token)?),
            };
            if matches!((&low, &high), (Literal::Number(low), Literal::Number(high)) if low > high) {
                return Err(Wrong { at, text: "the range is empty: its end is less than its beginning".to_owned() });
            }
            ranges.push((low, high));
            if self.take("}") {
                return Ok(Expr::In(operand, ranges));
            }
            if !self.take(",") && !matches!(self.peek(), Some(Token::Word(_) | Token::Quoted(_))) {
                return Err(self.wrong("',' or '}' is expected"));
            }
        }
    }

    /// A field, or a protocol, with its slices and its mask.
    fn operand(&mut self) -> Result<Operand, Wrong> {
        let at = self.place();
        let name = match self.next("a field")? {
            Token::Word(name) => name,
            Token::Quoted(_) => return Err(Wrong { at, text: "a field is expected, not text".to_owned() }),
            Token::Sign(sign) => return Err(Wrong { at, text: format!("a field is expected, not '{sign}'") }),
        };
        let fields = if name == "frame" { Vec::new() } else { fields::named(&name) };
        if fields.is_empty() && name != "frame" {
            return Err(Wrong { at, text: unknown(&name) });
        }
        let mut operand = Operand { name, fields, slices: Vec::new(), mask: None };
        if self.take("[") {
            if operand.is_protocol() && operand.name != "frame"
                || matches!(kind_of(&operand), Some(kind) if is_number(kind))
            {
                return Err(Wrong { at, text: format!("{} has no octets to choose from", operand.name) });
            }
            loop {
                let (at, token) = (self.place(), self.next("a range of octets")?);
                let Token::Word(word) = token else {
                    return Err(Wrong { at, text: "a range of octets is expected".to_owned() });
                };
                operand
                    .slices
                    .push(slice(&word).ok_or_else(|| Wrong { at, text: format!("'{word}' is no range of octets") })?);
                if self.take("]") {
                    break;
                }
                self.expect(",")?;
            }
        }
        if self.take("&") {
            let (at, token) = (self.place(), self.next("a mask")?);
            let mask = match &token {
                Token::Word(word) => literal::number(word).and_then(|mask| u64::try_from(mask).ok()),
                _ => None,
            };
            if !matches!(kind_of(&operand), Some(kind) if is_number(kind)) {
                return Err(Wrong { at, text: format!("{} has no bits to choose from", operand.name) });
            }
            let mask = mask.ok_or_else(|| Wrong { at, text: "a mask is a number".to_owned() })?;
            let largest = limit::check(&operand, Relation::Equal, &Literal::Number(mask.into()));
            largest.map_err(|text| Wrong { at, text })?;
            operand.mask = Some(mask);
        }
        Ok(operand)
    }
}

/// `3` is the octet at 3, `1:2` two from 1 on, `1-2` those at 1 and 2, `:2` the
/// first two, `1:` all from 1 on; what is negative counts from the end.
fn slice(word: &str) -> Option<(i64, Option<i64>)> {
    let number = |text: &str| text.parse::<i64>().ok();
    let end = |at: i64| if at == -1 { None } else { Some(at + 1) };
    if let Some((from, size)) = word.split_once(':') {
        let from = if from.is_empty() { 0 } else { number(from)? };
        if size.is_empty() {
            return Some((from, None));
        }
        let to = from.checked_add(number(size).filter(|&size| size > 0)?)?;
        return Some((from, if from < 0 && to >= 0 { None } else { Some(to) }));
    }
    match word.get(1..).and_then(|rest| rest.find('-')).map(|at| word.split_at(at + 1)) {
        Some((from, to)) => Some((number(from)?, end(number(&to[1..])?))),
        None => number(word).map(|at| (at, end(at))),
    }
}

/// The kind of an operand's values; a protocol has none.
fn kind_of(operand: &Operand) -> Option<Kind> {
    if operand.is_octets() {
        return Some(Kind::Octets);
    }
    let field = operand.fields.first().filter(|_| !operand.is_protocol())?;
    field.info().map(|info| info.kind)
}

/// The text of a regular expression with an escape for each octet that is no text.
fn of_octets(pattern: &[u8]) -> String {
    pattern.utf8_chunks().fold(String::new(), |text, chunk| {
        let escapes = chunk.invalid().iter().map(|octet| format!("\\x{octet:02x}"));
        text + chunk.valid() + &escapes.collect::<String>()
    })
}

/// A regular expression that can match any octets, of any case as in Wireshark if
/// `caseless`.
fn regex(pattern: &str, caseless: bool, at: usize) -> Result<Regex, Wrong> {
    let built = RegexBuilder::new(pattern).unicode(false).case_insensitive(caseless).size_limit(MAX_REGEX).build();
    built.map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        Wrong { at, text: last.trim_start_matches("error: ").to_owned() }
    })
}

fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Decimal | Kind::Hex(_) | Kind::Signed | Kind::Flag | Kind::Seconds)
}

/// A number for each kind of comparison.
fn compared(operand: &Operand) -> Option<u8> {
    kind_of(operand).map(|kind| match kind {
        Kind::Seconds => 1,
        kind if is_number(kind) => 0,
        Kind::Ipv4 => 2,
        Kind::Ipv6 => 3,
        _ => 4,
    })
}

fn protocol(operand: &Operand, at: usize) -> Wrong {
    Wrong { at, text: format!("{} is a protocol: it is there or not", operand.name) }
}

/// Fails unless an operand is text or data.
fn text_like(operand: &Operand, at: usize) -> Result<(), Wrong> {
    match kind_of(operand) {
        Some(Kind::Text | Kind::Utf8 | Kind::Octets | Kind::Colons | Kind::Mac) => Ok(()),
        _ => Err(Wrong { at, text: format!("{} is neither text nor octets", operand.name) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_shown_where_it_is() {
        for (text, at, message) in [
            ("tcp.prot == 80", 0, "no field 'tcp.prot'; did you mean 'tcp.port'? sniff fields tcp lists them"),
            ("tcp.port == 99999", 12, "99999 is too large: tcp.port is at most 65535"),
            ("tcp.dstport in {80, 99999}", 20, "99999 is too large: tcp.dstport is at most 65535"),
            ("tcp.port in {90..80}", 13, "the range is empty: its end is less than its beginning"),
            ("ip.ttl > 255", 9, "nothing is greater: ip.ttl is at most 255"),
            ("ip.ttl < 0", 9, "nothing is less: ip.ttl is at least 0"),
            ("ip.ttl == -1", 10, "ip.ttl is never negative"),
            ("tcp.flags == 0x10000", 13, "65536 is too large: tcp.flags is at most 65535"),
            ("tcp.flags & 0x10000", 12, "65536 is too large: tcp.flags is at most 65535"),
            ("tcp.flags.syn == 2", 17, "2 is too large: tcp.flags.syn is at most 1"),
            ("tcp.port == x", 12, "'x' is no value of kind number"),
            ("tcp.port == 80 udp", 15, "'and' or 'or' is expected"),
            ("ip.src == 1.2.3.4/33", 10, "'1.2.3.4/33' is no value of kind ipv4"),
            ("(tcp", 4, "')' is expected"),
            ("tcp &&", 6, "a field is expected"),
            ("http.host == x", 13, "text is written in quotes: \"x\""),
            ("http.host == \"x", 13, "the quotation has no end"),
            ("http.host matches \"(\"", 18, "unclosed group"),
            ("tcp == 1", 4, "tcp is a protocol: it is there or not"),
            ("tcp.port contains \"a\"", 9, "tcp.port is neither text nor octets"),
            ("tcp.port[0] == 1", 0, "tcp.port has no octets to choose from"),
            ("tcp.port in {1 2", 16, "',' or '}' is expected"),
            ("ip.src == tcp.port", 10, "ip.src and tcp.port hold different kinds"),
            ("tcp ; udp", 4, "unexpected ';'"),
        ] {
            let wrong = parse(text).unwrap_err();
            assert_eq!((wrong.at, &*wrong.text), (at, message), "{text}");
        }
        let deep = "(".repeat(100_000);
        assert_eq!(parse(&deep).unwrap_err().text, "the condition is too long");
    }

    #[test]
    fn slices_are_of_octets() {
        for (word, expected) in [
            ("3", (3, Some(4))),
            ("1:2", (1, Some(3))),
            ("1-2", (1, Some(3))),
            (":2", (0, Some(2))),
            ("1:", (1, None)),
            ("-2:2", (-2, None)),
            ("-3--2", (-3, Some(-1))),
            ("-1", (-1, None)),
        ] {
            assert_eq!(slice(word), Some(expected), "{word}");
        }
        assert_eq!([slice("x"), slice("1:0"), slice("")], [None; 3]);
    }
}

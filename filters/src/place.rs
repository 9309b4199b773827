//! Where in an expression an error is: libpcap does not say.

use crate::{Program, Target};

/// Words that may complete a correct beginning.
const COMPLETIONS: &[&str] = &[
    "",
    "1",
    "ip",
    "host 1.2.3.4",
    "1.2.3.4",
    "= 1",
    "0] = 1",
    "] = 1",
    "1/8",
    "00:00:00:00:00:00",
    "1 = 1",
    "(1 = 1)",
];

/// The octet at which `expression` goes wrong, given libpcap's `message`: the
/// name that the message quotes, or the first word after which no completion
/// would be correct, or the end.
pub fn place(expression: &str, message: &str, target: Target) -> usize {
    if let Some(quoted) = message.split('\'').nth(1)
        && let Some(at) = expression.find(quoted)
        && !quoted.is_empty()
    {
        return at;
    }
    let words = words(expression);
    for &(start, end) in &words {
        if !begins(&expression[..end], target) {
            return start;
        }
    }
    // Every beginning can be completed: either something is missing at the end,
    // or the whole is not for this link type.
    expression.trim_end().len()
}

/// Whether something that starts so can be a correct expression.
fn begins(beginning: &str, target: Target) -> bool {
    let open = |bracket, closing| beginning.matches(bracket).count().saturating_sub(beginning.matches(closing).count());
    let closing = ")".repeat(open('(', ')').min(64));
    COMPLETIONS.iter().any(|completion| {
        let whole = format!("{beginning} {completion}{closing}");
        match Program::compile(&whole, target, false) {
            Ok(_) => true,
            Err(error) => !error.contains("syntax error"),
        }
    })
}

/// The words and marks of an expression: where each starts and ends.
fn words(expression: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in expression.char_indices() {
        let mark = "()[]!&|=<>+*/%^".contains(character);
        if character.is_whitespace() || mark {
            words.extend(start.take().map(|start| (start, at)));
        } else if start.is_none() {
            start = Some(at);
        }
        if mark {
            words.push((at, at + 1));
        }
    }
    words.extend(start.map(|start| (start, expression.len())));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(expression: &str) -> String {
        let target = Target { link: 1, snaplen: 262_144, mask: 0, savefile: false };
        let message = Program::compile(expression, target, true).unwrap_err();
        let at = place(expression, &message, target);
        format!("{}>{}", &expression[..at], &expression[at..])
    }

    #[test]
    fn the_place_is_the_word_that_cannot_be() {
        assert_eq!(marked("tcp prot 80"), "tcp >prot 80");
        assert_eq!(marked("tcp port 80 and"), "tcp port 80 and>");
        assert_eq!(marked("tcp port 80 and ) udp"), "tcp port 80 and >) udp");
        assert_eq!(marked("(tcp or udp"), "(tcp or udp>");
        assert_eq!(marked("host 1.2.3.4 or port nosuch"), "host 1.2.3.4 or port >nosuch");
        assert_eq!(marked("ip[0] = = 3"), "ip[0] = >= 3");
    }
}

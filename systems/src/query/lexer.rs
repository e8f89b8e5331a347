//! Cuts a query into words, quotes and signs, each with the column where it began.

use core::iter::Peekable;

use super::parser::QueryError;

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A run of other characters: a word, or the value of a field.
    Word(String),
    /// What stood between quotes.
    Quoted(String),
    /// A name and a colon, with the value right behind it.
    Field(String),
    /// `=` right behind a field's colon.
    Equal,
    /// `==` right behind a field's colon.
    Same,
    /// `~` right behind a field's colon.
    Tilde,
    /// What stood between slashes behind a tilde.
    Pattern(String),
    /// `-` right before something.
    Minus,
    /// `|`.
    Bar,
    /// `(`.
    Open,
    /// `)`.
    Close,
}

/// A token and the character that it began with, from 0.
pub(crate) type Placed = (u32, Token);

/// Cuts a query.
///
/// # Errors
/// [`QueryError`] at an opening quote that is never closed.
pub(crate) fn cut(query: &str) -> Result<Vec<Placed>, QueryError> {
    let mut chars = (0u32..).zip(query.chars()).peekable();
    let mut tokens: Vec<Placed> = Vec::new();
    // Whether the next word is the value of the field before it.
    let mut value = false;
    // Whether signs of comparison may stand here.
    let mut fresh = false;
    while let Some(&(column, char)) = chars.peek() {
        let signs = core::mem::take(&mut fresh);
        if char.is_whitespace() {
            chars.next();
            value = false;
            continue;
        }
        if signs && matches!(char, '=' | '~') {
            chars.next();
            tokens.push((column, sign(char, &mut chars)));
            if let Some((column, _)) = chars.next_if(|&(_, next)| char == '~' && next == '/') {
                tokens.push((column, Token::Pattern(pattern(column, &mut chars)?)));
                value = false;
            }
            continue;
        }
        let single = match char {
            '(' if !value => Some(Token::Open),
            ')' => Some(Token::Close),
            '|' => Some(Token::Bar),
            '-' if !value => Some(Token::Minus),
            _ => None,
        };
        if let Some(token) = single {
            chars.next();
            value = false;
            let alone = chars.peek().is_none_or(|&(_, next)| next.is_whitespace());
            // A dash between words is a dash.
            if !(token == Token::Minus && alone) {
                tokens.push((column, token));
            }
            continue;
        }
        if char == '"' {
            chars.next();
            tokens.push((column, Token::Quoted(quoted(column, &mut chars)?)));
            value = false;
            continue;
        }
        let mut word = String::new();
        let mut field = false;
        while let Some(&(_, char)) = chars.peek() {
            if char.is_whitespace() || "\"()|".contains(char) {
                break;
            }
            chars.next();
            if char == ':' && !value {
                field = true;
                break;
            }
            word.push(char);
        }
        value = field;
        fresh = field;
        if field {
            tokens.push((column, Token::Field(word)));
        } else if word.is_empty() {
            // An opening parenthesis right after a field's colon: skip nothing, report it in the parser.
            chars.next();
            tokens.push((column, Token::Open));
        } else {
            tokens.push((column, Token::Word(word)));
        }
    }
    Ok(tokens)
}

fn sign(char: char, chars: &mut Peekable<impl Iterator<Item = (u32, char)>>) -> Token {
    match char {
        '~' => Token::Tilde,
        _ if chars.next_if(|&(_, next)| next == '=').is_some() => Token::Same,
        _ => Token::Equal,
    }
}

/// Takes a pattern up to its closing slash; one with a backslash before it is a slash of the pattern.
fn pattern(column: u32, chars: &mut impl Iterator<Item = (u32, char)>) -> Result<String, QueryError> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some((_, '/')) => return Ok(text),
            Some((_, '\\')) => match chars.next() {
                Some((_, '/')) => text.push('/'),
                next => {
                    text.push('\\');
                    text.extend(next.map(|(_, char)| char));
                }
            },
            Some((_, char)) => text.push(char),
            None => {
                return Err(QueryError {
                    column,
                    found: "an opening slash".into(),
                    expected: "a closing slash".into(),
                });
            }
        }
    }
}

fn quoted(column: u32, chars: &mut impl Iterator<Item = (u32, char)>) -> Result<String, QueryError> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some((_, '"')) => return Ok(text),
            Some((_, '\\')) => text.extend(chars.next().map(|(_, char)| char)),
            Some((_, char)) => text.push(char),
            None => {
                return Err(QueryError {
                    column,
                    found: "an opening quote".into(),
                    expected: "a closing quote".into(),
                });
            }
        }
    }
}

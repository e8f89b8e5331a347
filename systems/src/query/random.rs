//! Seeded random queries, for tests.

use segue_components::track::PartialDate;

use super::ast::{
    Expr, FileState, IdField, LevelField, LevelRange, NumberField, Pattern, Query, Range, SortBy, SortField,
    Term, Text, TextField, Time, TimeField, Unit, ValueField, What, Whole,
};
use crate::testing::random;

/// What queries are drawn from.
pub(crate) struct Random(random::Random);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(random::Random::new(seed))
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0.place(limit)
    }

    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        self.0.pick(all)
    }

    fn text(&mut self) -> Text {
        let words = [
            "a",
            "love",
            "jay-z",
            "Röyksopp",
            "音楽",
            "AC/DC",
            "2001",
            "d'amour",
            "!!!",
        ];
        match self.below(4) {
            0 => Text::phrase(format!("{} \"\\{}", self.pick(&words), self.pick(&words))),
            _ => Text::word(self.pick(&words)),
        }
    }

    /// A number below 3000.
    pub(crate) fn small(&mut self) -> u32 {
        u32::try_from(self.below(3_000)).expect("small")
    }

    fn range(&mut self) -> Range {
        let (a, b) = (self.small(), self.small());
        let bound = |chosen: bool, value: u32| chosen.then_some(value);
        Range {
            from: bound(self.below(4) > 0, a.min(b)),
            to: bound(self.below(4) > 0, a.max(b)),
        }
    }

    fn levels(&mut self) -> LevelRange {
        let Range { from, to } = self.range();
        let bound = |bound: Option<u32>| bound.map(|bound| i32::try_from(bound).expect("small") - 1_500);
        LevelRange {
            from: bound(from),
            to: bound(to),
        }
    }

    fn value(&mut self) -> Term {
        let field = self.pick(ValueField::ALL);
        if self.below(2) == 0 {
            let sources = [
                "^lo+ve$",
                "a/b",
                r"\\/",
                "[()|]{2,3}",
                "\"x\" y",
                r"\bécole\s",
                "音.*",
            ];
            let pattern = Pattern::new(self.pick(&sources)).expect("they are patterns");
            return Term::Pattern(field, pattern);
        }
        let texts = [
            "Love",
            "=x",
            "~/y/",
            "a b",
            "-1",
            "(|)",
            "\"",
            "",
            "c:d",
            "音楽",
            "\u{202e}x\u{200b}",
        ];
        Term::Whole(
            field,
            Whole {
                text: self.pick(&texts).into(),
                to_the_letter: self.below(2) == 0,
            },
        )
    }

    fn time(&mut self) -> Time {
        let unit = self.pick(&Unit::ALL).1;
        match self.below(3) {
            0 => Time::Within(self.small(), unit),
            1 => Time::Before(self.small(), unit),
            _ => {
                let date = |year| PartialDate {
                    year,
                    month: 3,
                    day: 0,
                };
                Time::Dates {
                    from: (self.below(3) > 0).then(|| date(2_001)),
                    to: (self.below(3) > 0).then(|| date(2_004)),
                }
            }
        }
    }

    pub(crate) fn term(&mut self) -> Term {
        match self.below(14) {
            0..4 => Term::Anywhere(self.text()),
            4 => Term::Text(self.pick(TextField::ALL), self.text()),
            5 => Term::Number(self.pick(NumberField::ALL), self.range()),
            6 => match (self.pick(TimeField::ALL), self.below(4)) {
                (TimeField::LastPlayed, 0) => Term::Time(TimeField::LastPlayed, Time::Never),
                (field, _) => Term::Time(field, self.time()),
            },
            7 => Term::Codec(self.pick(&["flac", "mp3"]).into()),
            8 => match self.below(5) {
                0 => Term::Path(Text::value(self.pick(&["a/b", "c:d", "-e", "=f"]))),
                1 => Term::Folder(Text::value(self.pick(&["a/b", "a b"]))),
                2 => Term::Provider(Text::value(self.pick(&["1", "nas", "my music"]))),
                3 => Term::Playlist(Text::value(self.pick(&["7", "Run", "long runs"]))),
                _ => Term::Compilation(self.below(2) == 0),
            },
            9 => Term::Level(self.pick(LevelField::ALL), self.levels()),
            10 => Term::File(self.pick(FileState::ALL)),
            11 => {
                let ids = ["usqx91501001", "6b9a2e0c-0000-4000-8000-000000000001", "a b"];
                Term::Id(self.pick(IdField::ALL), self.pick(&ids).into())
            }
            12 => self.value(),
            _ => Term::Has(self.pick(What::ALL), self.below(2) == 0),
        }
    }

    pub(crate) fn expr(&mut self, depth: usize) -> Expr {
        let parts = |random: &mut Self| {
            let count = 2 + random.below(3);
            (0..count).map(|_| random.expr(depth - 1)).collect()
        };
        match self.below(if depth == 0 { 1 } else { 5 }) {
            0 | 1 => Expr::Is(self.term()),
            2 => Expr::All(parts(self)),
            3 => Expr::Any(parts(self)),
            _ => Expr::Not(Box::new(self.expr(depth - 1))),
        }
    }

    pub(crate) fn query(&mut self) -> Query {
        let filter = match self.below(10) {
            0 => Expr::All(Vec::new()),
            _ => self.expr(2),
        };
        let mut sort: Vec<SortBy> = Vec::new();
        for _ in 0..self.below(4) {
            let field = self.pick(SortField::ALL);
            let descending = self.below(2) == 0;
            if sort.iter().any(|by| by.field == field) {
                continue;
            }
            match field {
                SortField::Relevance => sort.insert(
                    0,
                    SortBy {
                        field,
                        descending: false,
                    },
                ),
                _ => sort.push(SortBy { field, descending }),
            }
        }
        Query { filter, sort }
    }
}

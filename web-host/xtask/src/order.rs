//! Puts the functions of a wasm module in an order in which they compress well.
//!
//! What compresses looks for what it saw before, gzip no further than 32 kB back: functions that are alike should stand
//! near each other, as what one generic function became for several types. They are parted in two again and again so
//! that as few sequences of bytes as can be stand on both sides (recursive graph bisection: Dhulipala et al., 2016),
//! which LLVM's linkers do too, but not the one for wasm.

use std::collections::HashMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

use crate::failure::Failure;

/// How many bytes make a sequence.
const SEQUENCE: usize = 6;
/// How often functions change sides before the sides are parted further.
const ROUNDS: usize = 10;
/// How often at most a side is parted.
const DEEPEST: u32 = 18;

/// The same module with its functions in another order.
///
/// # Errors
///
/// It is no module.
pub fn for_compression(module: &[u8]) -> Result<Vec<u8>, Failure> {
    let cannot =
        |e: &dyn std::fmt::Display| Failure::new(format!("cannot order the functions of a bundle: {e}"));
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(|e| cannot(&e))? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let is_function = matches!(import.map_err(|e| cannot(&e))?.ty, TypeRef::Func(_));
                    imported += usize::from(is_function);
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
            _ => {}
        }
    }
    let order = order(&bodies);
    let mut places: Vec<u32> = (0..).take(imported + bodies.len()).collect();
    for (place, &body) in (imported..).zip(&order) {
        places[imported + body] = u32::try_from(place).map_err(|e| cannot(&e))?;
    }
    let mut ordered = Module::new();
    let mut reencoder = Reordered { places, order };
    let parser = Parser::new(0);
    let done = reencoder.parse_core_module(&mut ordered, parser, module);
    done.map_err(|e| cannot(&e))?;
    Ok(ordered.finish())
}

/// Writes a module with its functions in another order.
struct Reordered {
    /// The number of each function by that which it had, imported ones among them.
    places: Vec<u32>,
    /// Which of the functions that are not imported stands where.
    order: Vec<usize>,
}

impl Reencode for Reordered {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        let place = self.places.get(function as usize);
        place.copied().ok_or(Error::InvalidCodeSectionSize)
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for &at in &self.order {
            functions.function(*types.get(at).ok_or(Error::InvalidCodeSectionSize)?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<Infallible>> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for at in self.order.clone() {
            self.parse_function_body(code, bodies[at].clone())?;
        }
        Ok(())
    }
}

/// The places of texts in an order in which those that are alike stand near each other. The same for the same texts.
fn order(texts: &[&[u8]]) -> Vec<usize> {
    let mut sharers: HashMap<&[u8], (u32, usize)> = HashMap::new();
    let sequences: Vec<Vec<&[u8]>> = texts
        .iter()
        .map(|text| {
            let mut sequences: Vec<_> = text.windows(SEQUENCE).collect();
            sequences.sort_unstable();
            sequences.dedup();
            sequences
        })
        .collect();
    for sequence in sequences.iter().flatten() {
        let number = u32::try_from(sharers.len()).expect("a bundle has few megabytes");
        sharers.entry(sequence).or_insert((number, 0)).1 += 1;
    }
    // What stands in one function alone, or in every other one, parts nothing.
    let parts = |count: usize| count > 1 && count < texts.len() / 2;
    let shared = sequences.iter().map(|sequences| {
        let known = sequences.iter().map(|sequence| sharers[sequence]);
        let known = known.filter(|&(_, count)| parts(count));
        known.map(|(number, _)| number as usize).collect()
    });
    let mut parting = Parting {
        shared: shared.collect(),
        sides: vec![[0; 2]; sharers.len()],
    };
    let mut order: Vec<usize> = (0..texts.len()).collect();
    parting.part(&mut order, 0);
    order
}

struct Parting {
    /// The numbers of the sequences in each text that others have too.
    shared: Vec<Vec<usize>>,
    /// How many texts on either side have each sequence.
    sides: Vec<[u32; 2]>,
}

impl Parting {
    /// Puts texts that share much on the same half, and goes on with the halves.
    fn part(&mut self, order: &mut [usize], depth: u32) {
        if order.len() <= 2 || depth > DEEPEST {
            order.sort_unstable();
            return;
        }
        let half = order.len() / 2;
        for round in 0..ROUNDS {
            for &text in &*order {
                for &sequence in &self.shared[text] {
                    self.sides[sequence] = [0; 2];
                }
            }
            for (place, &text) in order.iter().enumerate() {
                for &sequence in &self.shared[text] {
                    self.sides[sequence][usize::from(place >= half)] += 1;
                }
            }
            let first = self.by_gain(order, 0..half, 0);
            let second = self.by_gain(order, half..order.len(), 1);
            let mut swapped = 0;
            for (pair, (a, b)) in first.iter().zip(&second).enumerate() {
                if a.0 + b.0 <= 0.0 {
                    break;
                }
                // All at once they could change sides forever.
                if (pair + round) % ROUNDS != 0 || round + 1 == ROUNDS {
                    order.swap(a.1, b.1);
                    swapped += 1;
                }
            }
            if swapped == 0 {
                break;
            }
        }
        let (first, second) = order.split_at_mut(half);
        self.part(first, depth + 1);
        self.part(second, depth + 1);
    }

    /// The places of one side, those first that gain most by going to the other.
    fn by_gain(&self, order: &[usize], places: core::ops::Range<usize>, side: usize) -> Vec<(f64, usize)> {
        let gain = |place: usize| -> f64 {
            let sequences = self.shared[order[place]].iter();
            let gains = sequences.map(|&sequence| {
                let counts = self.sides[sequence];
                let (here, there) = (f64::from(counts[side]), f64::from(counts[1 - side]));
                cost(here) + cost(there) - cost(here - 1.0) - cost(there + 1.0)
            });
            gains.sum()
        };
        let mut gains: Vec<_> = places.map(|place| (gain(place), place)).collect();
        gains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        gains
    }
}

/// What so many texts with a sequence on one side cost: less, the more of them are together.
fn cost(count: f64) -> f64 {
    -count * (count + 1.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together() {
        let texts: Vec<Vec<u8>> = (0..64_u8)
            .map(|number| {
                let family = number % 4;
                let mut text: Vec<u8> = (0..200_u8).map(|at| at.wrapping_mul(family * 2 + 3)).collect();
                text[usize::from(number)] = 255;
                text
            })
            .collect();
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let order = order(&texts);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..64).collect::<Vec<_>>());
        let changes = order.windows(2).filter(|pair| pair[0] % 4 != pair[1] % 4).count();
        assert_eq!(changes, 3, "{order:?}");
    }

    /// One imported function, four of its own that call each other, one of them exported, one in a table.
    #[test]
    fn functions_keep_their_callers_types_and_names() {
        use wasm_encoder::{
            ConstExpr, ElementSection, Elements, ExportKind, ExportSection, Function, ImportSection, RefType,
            TableSection, TableType, TypeSection, ValType,
        };
        let mut types = TypeSection::new();
        for result in [ValType::I32, ValType::I64, ValType::F32, ValType::F64] {
            types.ty().function([], [result]);
        }
        let mut imports = ImportSection::new();
        imports.import("page", "now", wasm_encoder::EntityType::Function(3));
        let mut functions = FunctionSection::new();
        (0..4).for_each(|at| {
            functions.function([0, 1, 2, 3][at]);
        });
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: Some(1),
            shared: false,
        });
        let mut exports = ExportSection::new();
        exports.export("whole", ExportKind::Func, 1);
        exports.export("single", ExportKind::Func, 3);
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(0),
            Elements::Functions((&[2][..]).into()),
        );
        let mut code = CodeSection::new();
        for at in 0..4 {
            let mut body = Function::new([]);
            match at {
                0 => body.instructions().call(2).i32_wrap_i64().end(),
                1 => body.instructions().i64_const(7).end(),
                2 => body.instructions().f32_const(0.5.into()).end(),
                _ => body.instructions().call(0).end(),
            };
            code.function(&body);
        }
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&exports)
            .section(&elements)
            .section(&code);
        let module = module.finish();

        let mut reencoder = Reordered {
            places: vec![0, 4, 2, 1, 3],
            order: vec![2, 1, 3, 0],
        };
        let mut ordered = Module::new();
        reencoder
            .parse_core_module(&mut ordered, Parser::new(0), &module)
            .unwrap();
        let ordered = ordered.finish();
        assert_ne!(ordered, module);
        let mut undo = Reordered {
            places: vec![0, 3, 2, 4, 1],
            order: vec![3, 1, 0, 2],
        };
        let mut again = Module::new();
        undo.parse_core_module(&mut again, Parser::new(0), &ordered)
            .unwrap();
        assert_eq!(again.finish(), module);
        // Whatever order it chooses, choosing again changes no size.
        let chosen = for_compression(&module).unwrap();
        assert_eq!(chosen.len(), module.len());
        assert!(for_compression(b"\0asm?").is_err());
    }
}

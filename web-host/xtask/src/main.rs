//! `cargo xtask`, and the commands that `.cargo/config.toml` gives shorter names.

#![expect(
    clippy::print_stdout,
    reason = "a command line tool speaks on its standard output"
)]

use std::env;
use std::process::ExitCode;

use xtask::failure::Failure;
use xtask::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  demo      build the page and serve it on this machine (cargo demo)
  verify    run every check (cargo verify)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Failure> {
    match arguments
        .split_first()
        .map(|(command, rest)| (command.as_str(), rest))
    {
        Some(("demo", rest)) => xtask::demo::run(&Workspace::find()?, rest),
        Some(("verify", rest)) => xtask::verify::run(&Workspace::find()?, rest),
        None | Some(("help" | "--help" | "-h", _)) => {
            print!("{HELP}");
            Ok(())
        }
        Some((other, _)) => Err(Failure::new(format!("unknown command {other}\n\n{HELP}"))),
    }
}

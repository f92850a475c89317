use conformance_kit::features::describe;
use conformance_kit::prelude::*;

case! {
    id: "types.describe.alike",
    title: "a name that is alike to a granted one is not described",
    clauses: ["TYP-DESC-2", "TYP-TEXT-1"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let granted = [
        &names.primary,
        &names.secondary,
        &names.restricted,
        &names.absent,
    ];
    for name in granted {
        let mut alike = vec![
            name.to_uppercase(),
            [name, " "].concat(),
            [" ", name].concat(),
            [name, "\0"].concat(),
            [name, "/"].concat(),
            ["./", name].concat(),
            [name, "x"].concat(),
            name[..name.len() - 1].to_owned(),
            name[1..].to_owned(),
            ["keyvalue/", name].concat(),
            ["%", name].concat(),
            name.repeat(2),
        ];
        alike.retain(|text| !granted.contains(&text));
        for text in &alike {
            cx.check(
                "TYP-DESC-2",
                "describe a name that is alike to a granted one",
            )
            .fails(describe("keyvalue", text), Kind::AccessDenied)?;
        }
    }
    let long = "n".repeat(5000);
    for text in [
        "",
        " ",
        "*",
        "..",
        "\0",
        "\u{1f980}",
        "default",
        &long,
        &cx.random_text(20),
    ] {
        cx.check("TYP-TEXT-1", "describe an unusual name that is not granted")
            .fails(describe("keyvalue", text), Kind::AccessDenied)?;
    }
    Ok(())
}

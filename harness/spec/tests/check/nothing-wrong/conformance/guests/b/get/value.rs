case! {
    id: "b.get.value",
    title: "get returns the value",
    clauses: ["B-GET-1"],
}

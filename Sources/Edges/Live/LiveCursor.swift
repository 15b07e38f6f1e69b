/// Where a reader of changes stands, of rows or of a desk: of use with the run of the console that
/// gave it.
package struct LiveCursor: Hashable, Sendable {
    /// The start of the program.
    package let run: String
    /// The number of the last change before it.
    package let number: Int64

    /// A position of a run.
    package init(run: String, number: Int64) {
        self.run = run
        self.number = number
    }

    /// Reads what ``text`` wrote; `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 32,
            let number = Int64(parts[1]), number >= 0, String(number) == parts[1]
        else { return nil }
        run = String(parts[0])
        self.number = number
    }

    /// The cursor as a client gives it back.
    package var text: String { "\(run).\(number)" }
}

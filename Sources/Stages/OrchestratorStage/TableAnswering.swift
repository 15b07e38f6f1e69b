import Conversation
import StageRuntime

/// Questions about all rows of a table, answered over all rows that are stored, not over the few
/// that a search offers.
extension OrchestratorStage {
    /// Reads all rows of the table that a question is about; `nil` where it asks something else, or
    /// what was found is no table.
    func lookForRows(_ state: inout Dialogue, _ context: StageContext) -> Plan<OrchestratorCall>? {
        guard let first = state.pending.first, state.turn?.hasRows == nil,
            TableQuestion.read(state.words) != nil,
            let table = table(of: state)
        else { return nil }
        state.turn?.hasRows = true
        let query = [table.documentName, table.sheet ?? ""] + table.headings
        return .call(
            .rows(
                tenant: first.question.tenant, document: table.document, sheet: table.sheet,
                query: query.filter { !$0.isEmpty }.joined(separator: " ")))
    }

    /// The table that a question is about: the first that was found.
    private func table(of state: Dialogue) -> RankedPassage? {
        state.turn?.passages.prefix(Self.mostTables).first { TableRows([$0]).rows.count >= 1 }
    }

    /// Goes on with the rows of a table; where that is not all of them, the answer says so.
    func takeRows(
        _ found: [RankedPassage], isWhole: Bool, _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let table = table(of: state)
        // Of several tables in one text, the headings tell which it is.
        let passages = InstructionScan.without(found).filter {
            $0.sheet != nil || $0.headings == table?.headings
        }
        guard let question = TableQuestion.read(state.words),
            let rows = TableRows(passages).answer(question, state.words), !rows.isEmpty
        else { return respond(&state, context) }
        state.turn?.used("table rows")
        let shown = rows.prefix(Self.mostRows)
        var text = shown.map(\.text).joined(separator: "\n")
        if question == .count {
            let names = shown.compactMap { $0.cells.first?.value }.joined(separator: ", ")
            text = "\(rows.count): \(names)" + (rows.count > shown.count ? ", …" : "")
        }
        let partial = isWhole ? nil : prompts.notices.text(.partial, in: state.language)
        guard state.turn?.settings.model != nil else {
            let sources = passages.filter { passage in
                shown.contains { passage.text.contains($0.text) }
            }
            let citations = sources.prefix(Self.mostTables).map { Citation($0, quote: text) }
            let said = [text, partial].compactMap(\.self).joined(separator: "\n")
            return answer(said, Array(citations), &state, context)
        }
        let name = passages.first?.documentName ?? "table"
        state.turn?.passages.append(
            RankedPassage(
                computed: "rows",
                named: isWhole ? "\(name), over all rows" : "\(name), over the first rows only",
                [text, partial].compactMap(\.self).joined(separator: "\n")))
        return respond(&state, context)
    }

    /// A table further down is not what the question is about.
    private static let mostTables = 3
    /// More rows are no answer on a telephone.
    private static let mostRows = 8
}

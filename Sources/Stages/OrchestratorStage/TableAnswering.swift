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
            let table = state.turn?.passages.prefix(Self.mostTables).first(where: {
                TableRows([$0]).rows.count >= 1
            })
        else { return nil }
        state.turn?.hasRows = true
        let query = [table.documentName, table.sheet ?? ""] + table.headings
        return .call(
            .rows(
                tenant: first.question.tenant, document: table.document, sheet: table.sheet,
                query: query.filter { !$0.isEmpty }.joined(separator: " ")))
    }

    /// Goes on with the rows of a table.
    func takeRows(
        _ found: [RankedPassage], _ state: inout Dialogue, _ context: StageContext
    ) -> Plan<OrchestratorCall> {
        let passages = InstructionScan.without(found)
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
        guard state.turn?.settings.model != nil else {
            let sources = passages.filter { passage in
                shown.contains { passage.text.contains($0.text) }
            }
            let citations = sources.prefix(Self.mostTables).map { Citation($0, quote: text) }
            return answer(text, Array(citations), &state, context)
        }
        let name = passages.first?.documentName ?? "table"
        state.turn?.passages.append(
            RankedPassage(computed: "rows", named: "\(name), over all rows", text))
        return respond(&state, context)
    }

    /// A table further down is not what the question is about.
    private static let mostTables = 3
    /// More rows are no answer on a telephone.
    private static let mostRows = 8
}

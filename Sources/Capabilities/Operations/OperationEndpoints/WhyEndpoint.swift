import Conversation
import Endpoints
import EventLog
import HTTPServer
import Operations

extension TraceEndpoints {
    /// Why a message was answered as it was: what `parley why` tells.
    var why: Endpoint {
        .tenant(
            .at(
                .get, "/api/v1/tenants/{tenant}/why", "operations.why",
                "Tells why a business's message was answered as it was: the passages as they were "
                    + "then with their scores, the prompt's version, model, tools and checks, and "
                    + "what would be found today."),
            may: .readConversations,
            .init(
                takes: WhyParameters.self, gives: Reply<AnswerReport>.self,
                problems: [.log, .noRecord])
        ) { call in
            let reasons = try await reasons(of: call.parameters.id)
            guard reasons.tenant == call.scope.tenant, call.scope.seesAll else {
                throw Self.unknown
            }
            var report = AnswerReport(reasons)
            if call.parameters.today != false {
                // Then is told whether anything can be looked for today or not.
                report.today = try? await AnswerReport.today(of: reasons, search)
            }
            return Reply(report)
        }
    }

    private func reasons(of id: String) async throws(Problem) -> AnswerReasons {
        let found: AnswerReasons?
        do throws(EventLogError) {
            found = try await trace.reasons(of: id, at: now().milliseconds)
        } catch {
            throw Problem(.log, error.description)
        }
        guard let found else { throw Self.unknown }
        return found
    }
}

import AccountRecords
package import Conversation
import NotificationRecords
package import StageRuntime

/// Decides whose an e-mail address is: one account's at most, as one key is one decision at a
/// time.
package struct AddressStage: Stage {
    /// This stage asks nothing of the world.
    package typealias Call = Never
    /// This stage is answered nothing.
    package typealias Answer = Never

    /// The stage's name.
    package let name = "addresses"
    package let reads: [any Payload.Type] = [AddressRequest.self, AddressNews.self]

    /// Whose an address is.
    package struct State: StageState {
        /// The account that has it.
        var holder: AccountID?

        /// Nobody's.
        package init() {}
    }

    /// Makes the stage.
    package init() {}

    /// Gives an address to the first who asks, until they let it go, and passes on what its holder
    /// may want to know.
    package func begin(
        _ input: StageInput, _ state: inout State, _ context: StageContext
    ) throws(Rejection) -> Plan<Never> {
        switch input {
        case .record(let request as AddressRequest, let headers, _):
            return decide(request, headers.id, &state, context)
        case .record(let news as AddressNews, _, _): return pass(news, state, context)
        default: throw context.noUse
        }
    }

    private func decide(
        _ request: AddressRequest, _ id: RecordID, _ state: inout State, _ context: StageContext
    ) -> Plan<Never> {
        switch request.wish {
        case .release:
            guard state.holder == request.account else {
                return .ignore(because: "the address is another account's, or nobody's")
            }
            state.holder = nil
            return .finish(context.effects)
        case .reserve:
            let isReserved = state.holder == nil || state.holder == request.account
            if isReserved { state.holder = request.account }
            var effects = context.effects
            effects.emit(
                AddressResult(
                    account: request.account, address: request.address, request: id,
                    isReserved: isReserved, at: context.now))
            return .finish(effects)
        }
    }

    /// Who holds an address may not have proven that it is theirs: the stage `notifications` looks.
    private func pass(
        _ news: AddressNews, _ state: State, _ context: StageContext
    ) -> Plan<Never> {
        guard let holder = state.holder else { return .ignore(because: "it is nobody's address") }
        var effects = context.effects
        effects.emit(
            PersonalNews(
                account: holder, kind: news.kind, team: news.team, address: news.address,
                values: news.values, at: news.at))
        return .finish(effects)
    }
}

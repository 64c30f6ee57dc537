package dev.interlock.build;

import static dev.interlock.build.MachineBuilder.machine;

import java.math.BigDecimal;
import java.util.List;

/** The whole machine of docs/MACHINE.md, in Java. */
final class Reference {
  private Reference() {}

  static MachineBuilder refunds() {
    return rules(context(tools(machine("refunds"))))
        .before("the order is looked up before money goes back", "shop.find_order", "shop.refund")
        .before("nobody is thanked before the work was done", "Work", "Thank")
        .property(
            "each order is looked up itself",
            it -> it.before("shop.find_order", "shop.refund").same("order_id"))
        .property(
            "a manager sees what is large",
            it -> it.before("yes manager", "shop.refund").onlyIf("args.amount > 500"))
        .property(
            "nothing goes back once the customer was thanked",
            it -> it.never("shop.refund").after("Thank"))
        .property("one mail", it -> it.atMost(1, "shop.mail"))
        .eventually("always an end", "Paid", "Closed", "Done", "Escalate")
        .budgets(most ->
            most.turns(30)
                .toolCalls(40)
                .callsPerTurn(10)
                .errors(3)
                .totalErrors(20)
                .tokens(100_000)
                .cost(new BigDecimal("5.00"))
                .duration("P10D")
                .visits(5))
        .initial("Work")
        .state("Work", Reference::work)
        .state(
            "Approve",
            state ->
                state
                    .type("approval")
                    .role("manager")
                    .shows("order", "notes")
                    .answer("approve", "Work", answer -> answer.fills("reason"))
                    .answer("reject", "back", answer -> answer.clears("notes"))
                    .timers(timers -> timers.in("P1D", "Escalate")))
        .state(
            "Refresh",
            state ->
                state
                    .type("call")
                    .calls("shop.find_order", call -> call.with("order_id", "context.order"))
                    .calls("shop.refund_by_key", call -> call.with("key", "context.order"))
                    .on("ok", "Work")
                    .on("failed", "Escalate"))
        .state(
            "Thank",
            state ->
                state
                    .type("call")
                    .call("shop.mail")
                    .with("text", "'Your refund is on its way.'")
                    .on("ok", "Paid")
                    .on("failed", "Escalate"))
        .state(
            "Paid",
            state ->
                state
                    .type("choice")
                    .transition("Say", way -> way.requires("settled"))
                    .otherwise("Post"))
        .state("Post", state -> state.type("wait").on("paid_out", "Say").after("P14D", "Escalate"))
        .state(
            "Say",
            state ->
                state
                    .goal("Say goodbye.")
                    .autonomous(true)
                    .say(
                        "We have {{ size(context.notes) }} notes, {{ has(context.order) ?"
                            + " context.order : 'no order' }}.")
                    .clears("contact")
                    .otherwise("Done"))
        .state("Done", state -> state.type("final"))
        .state("Closed", state -> state.type("final").outcome("silent"))
        .state(
            "Escalate",
            state -> state.type("escalation").desk("main").bundle("order", "notes").resume("Work"))
        .anywhere(anywhere -> anywhere.on("withdrawn", "Closed").over("default", "Escalate"));
  }

  private static void work(StateKeys state) {
    state
        .goal("Find out what is to be refunded, and refund it.")
        .forbid("Do not promise a date.")
        .tools("shop.find*", "shop.refund")
        .record(
            "order", "contact", "settled", "notes", "labels", "iban", "address", "bought", "photo")
        .skip(true)
        .quiet(true)
        .budgets(most -> most.turns(12).duration("P2D"))
        .on("paid_out", "Thank")
        .on("corrected", "Refresh")
        .after("P5D", "Escalate")
        .idle("PT48H", "Closed")
        .transition(
            "Approve",
            way -> way.requires("order").guard("size(context.notes) > 3").clears("settled"))
        .transition("Thank", way -> way.requires("settled"))
        .over("turns", "Escalate")
        .over("default", "Escalate");
  }

  private static MachineBuilder tools(MachineBuilder machine) {
    return machine
        .version(1)
        .title("Refunds of the web shop")
        .observe(false)
        .history(150_000, 8)
        .constant("limit", new BigDecimal("100.50"))
        .constant("perCase", 2)
        .tool(
            "shop.find_order",
            tool -> tool.effect("read").label("untrusted").timeout("PT10S").retry(5, "PT1S"))
        .tool(
            "shop.refund",
            tool ->
                tool.effect("write")
                    .timeout("PT5S")
                    .set("customer", "caller.id")
                    .forgets("orders")
                    .probe(probe ->
                        probe
                            .call("shop.refund_by_key")
                            .with("key", "call.key")
                            .happened("result.found")))
        .tool("shop.refund_by_key", tool -> tool.effect("read"))
        .tool(
            "shop.mail",
            tool ->
                tool.effect("idempotent").secret("text").label("external").set("to", "caller.id"))
        .event("withdrawn", event -> event.by("caller"))
        .event("corrected", event -> event.by("bank"))
        .event(
            "paid_out",
            event ->
                event
                    .by("bank", "caller")
                    .type("object")
                    .property("amount", part -> part.type("decimal"))
                    .keep(true));
  }

  private static MachineBuilder context(MachineBuilder machine) {
    return machine
        .field(
            "channel",
            field ->
                field.type("string").enumerated("web", "phone").source("input").defaultValue("web"))
        .field("order", field -> field.type("string").pattern("^[A-Z][0-9]+$").source("agent"))
        .field("contact", field -> field.type("string").format("email").source("agent"))
        .field("settled", field -> field.type("boolean").source("agent"))
        .field("notes", field -> field.type("string").many(true).max(10).source("agent"))
        .field(
            "orders",
            field ->
                field
                    .type("object")
                    .property("status", part -> part.type("string"))
                    .property("total", part -> part.type("number"))
                    .property("items", part -> part.type("string").many(true))
                    .source("tool")
                    .from("shop.find_order")
                    .at("/order")
                    .key("args.order_id"))
        .field(
            "refunded",
            field ->
                field
                    .type("number")
                    .many(true)
                    .append(true)
                    .source("tool")
                    .from(List.of("shop.refund"))
                    .value("args.amount"))
        .field(
            "labels",
            field ->
                field
                    .type("object")
                    .additionalProperties(part -> part.type("integer"))
                    .source("agent"))
        .field(
            "iban",
            field -> field.type("string").pattern("^[A-Z]{2}[0-9]{2}").source("user").secret(true))
        .field("address", field -> field.type("string").source("user").pii(true))
        .field("bought", field -> field.type("date").source("user"))
        .field(
            "photo",
            field ->
                field
                    .type("document")
                    .source("user")
                    .mediaTypes("image/png", "image/jpeg")
                    .maxBytes(2_000_000))
        .field(
            "first_status",
            field ->
                field
                    .type("string")
                    .source("tool")
                    .from("shop.find_order")
                    .at("/order/status")
                    .key("args.order_id")
                    .once(true))
        .field(
            "paid", field -> field.type("decimal").source("event").from("paid_out").at("/amount"))
        .field("overdue", field -> field.type("boolean").is("days(context.bought, now) > 14"))
        .field("reason", field -> field.type("string").source("human"));
  }

  private static MachineBuilder rules(MachineBuilder machine) {
    return machine
        .rule(
            "only what was paid is refunded",
            rule ->
                rule.appliesTo("shop.refund")
                    .when(
                        "has(context.orders) && args.amount <="
                            + " context.orders[args.order_id].total")
                    .say("Look the order up first; you cannot refund more than its total."))
        .rule(
            "at most two refunds in one case",
            rule ->
                rule.appliesTo(List.of("all"))
                    .except("reads", "shop.mail")
                    .in("Work")
                    .atMost("constants.perCase"))
        .rule(
            "one refund for each order",
            rule -> rule.appliesTo(List.of("shop.refund")).atMost(1).per("args.order_id"))
        .rule(
            "a large refund needs a manager",
            rule ->
                rule.appliesTo("shop.refund")
                    .ask("manager")
                    .people("args.amount > 1000 ? 2 : 1")
                    .notFrom("caller", "reason")
                    .shows("order", "reason")
                    .expires("P2D")
                    .unless("args.amount <= constants.limit"));
  }
}

package dev.interlock.examples.spring;

import dev.interlock.Interlock;
import dev.interlock.RejectedException;
import dev.interlock.Session;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.journal.Store;
import dev.interlock.spring.PrincipalResolver;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Cases over HTTP. Who asks is who signed in, and nothing that a request says. */
@RestController
@RequestMapping("/cases")
class Cases {
  private static final String MACHINE = "it-access";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int NEWEST = 50;

  private final Interlock interlock;
  private final PrincipalResolver people;

  Cases(Interlock interlock, PrincipalResolver people) {
    this.interlock = interlock;
    this.people = people;
  }

  record Text(String text) {}

  /** An answer to what waits, as it was shown. */
  record Answer(int number, String hash, boolean yes) {}

  /** What a person must decide. */
  record Waits(int number, String hash, String tool, Map<String, Object> arguments) {}

  record Case(
      String id, String state, String status, List<Session.Line> conversation, List<Waits> waits) {}

  private Session as(Principal user) {
    return interlock.as(people.of(user));
  }

  @PostMapping
  Case start(Principal user, @RequestBody Text first) {
    return send(user, as(user).start(MACHINE), first);
  }

  @PostMapping("/{id}/messages")
  Case send(Principal user, @PathVariable String id, @RequestBody Text message) {
    Session session = as(user);
    session.send(id, message.text());
    return shown(session, session.untilRest(id, PATIENCE));
  }

  @GetMapping
  List<String> list(Principal user) {
    Store.Filter newest = new Store.Filter(MACHINE, null, null, null, null, NEWEST);
    return as(user).list(newest).stream().map(Store.Row::instance).toList();
  }

  @GetMapping("/{id}")
  Case get(Principal user, @PathVariable String id) {
    Session session = as(user);
    return shown(session, session.untilRest(id, Duration.ZERO));
  }

  @PostMapping("/{id}/answers")
  Case answer(Principal user, @PathVariable String id, @RequestBody Answer answer) {
    Session session = as(user);
    if (answer.yes()) {
      session.approve(id, answer.number(), answer.hash());
    } else {
      session.reject(id, answer.number(), answer.hash());
    }
    // A manager may not see the case any more, now that it is decided.
    return session
        .get(id)
        .map(view -> shown(session, view))
        .orElseGet(() -> new Case(id, "", "decided", List.of(), List.of()));
  }

  private static Case shown(Session session, View view) {
    List<Waits> waits =
        view.instance().parked().stream()
            .map(it -> new Waits(it.call().number(), it.hash(), it.call().tool(), it.call().args()))
            .toList();
    String id = view.instance().id();
    return new Case(
        id,
        view.instance().state(),
        view.instance().status().word(),
        session.conversation(id),
        waits);
  }

  /** What would be accepted stands in it. */
  @ExceptionHandler
  ProblemDetail rejected(RejectedException e) {
    boolean none = e.rejection().code() == Rejection.Code.NOT_FOUND;
    return ProblemDetail.forStatusAndDetail(
        none ? HttpStatus.NOT_FOUND : HttpStatus.CONFLICT, e.rejection().message());
  }
}

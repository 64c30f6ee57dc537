package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.journal.Entry;
import java.util.List;

/** Is told what happens in one run, in order. */
interface Witness {
  /** Who does nothing about it. */
  Witness NOBODY =
      new Witness() {
        @Override
        public void step(Entry entry, List<Effect> effects) {}

        @Override
        public void rejected() {}

        @Override
        public void threw(Occurrence occurrence, RuntimeException why) {}

        @Override
        public void answered(String tool, Answer answer) {}
      };

  /** Something was decided; it is not folded yet. */
  void step(Entry entry, List<Effect> effects);

  /** Something was offered and not taken. */
  void rejected();

  /** There was no decision. */
  void threw(Occurrence occurrence, RuntimeException why);

  /** A tool was called, and will answer so. */
  void answered(String tool, Answer answer);
}

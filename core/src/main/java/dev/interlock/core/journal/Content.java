package dev.interlock.core.journal;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Free text or the value of a field: in the journal it lies beside the entry, which refers to it by
 * size and HMAC only, so that one instance's content can be erased and the chain still holds.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.RECORD_COMPONENT,
  ElementType.FIELD,
  ElementType.METHOD,
  ElementType.PARAMETER
})
public @interface Content {
  /**
   * Whether it is a hash of content: whoever guesses all of that could tell by the hash, so it goes
   * with it, but it is shown as it is where values are hidden.
   */
  boolean hash() default false;
}

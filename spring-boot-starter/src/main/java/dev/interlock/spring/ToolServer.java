package dev.interlock.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which server of a machine a bean with {@code @Tool} methods is: of {@code it.unlock} it is
 * {@code it}. Without it, the bean's name is meant. On the class, or on the {@code @Bean} method.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface ToolServer {
  /** The part of a tool's name before the dot. */
  String value();
}

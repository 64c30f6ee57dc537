package dev.interlock.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts it. */
@SpringBootApplication
public class Application {
  /** Arguments are Spring Boot's, such as {@code --server.port=8081}. */
  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }
}

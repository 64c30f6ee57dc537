package dev.interlock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.Interlock;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.langchain4j.CallContext;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** What the starter makes of properties and beans. */
@Timeout(120)
class InterlockAutoConfigurationTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String MACHINE =
      """
      machine: help
      version: 1
      tools:
        it.unlock: {effect: write}
      events: {solved: {by: [caller]}}
      initial: Help
      states:
        Help: {goal: Help., tools: [it.unlock], on: {solved: Solved}}
        Solved: {type: final}
      """;

  @TempDir private Path folder;

  /** Tools of the machine. */
  static class Directory {
    final List<String> unlocked = new CopyOnWriteArrayList<>();

    @Tool("Unlocks a laptop.")
    String unlock(String laptop, CallContext call) {
      unlocked.add(laptop + " of " + call.caller().id());
      return "unlocked";
    }
  }

  /** Tools of something else. */
  static class Weather {
    Weather() {
      throw new IllegalStateException("nobody needs it");
    }

    @Tool("Tells the weather.")
    String weather(double latitude) {
      return "rain";
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Model {
    @Bean
    ChatModel model() {
      return ScriptedModel.parse(
          "model", "replies: [[{call: it.unlock, with: {laptop: L-42}}], Try now.]");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ByName {
    @Bean
    Directory it() {
      return new Directory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ByAnnotation {
    @Bean
    @ToolServer("it")
    Directory directory() {
      return new Directory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Unnamed {
    @Bean
    Directory directory() {
      return new Directory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Others {
    @Bean
    @Lazy
    Weather weather() {
      return new Weather();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Proxied {
    @Bean
    @ToolServer("it")
    Directory directory() {
      ProxyFactory proxied = new ProxyFactory(new Directory());
      proxied.setProxyTargetClass(true);
      return (Directory) proxied.getProxy();
    }
  }

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("help"));
    Files.writeString(folder.resolve("help/machine.yaml"), MACHINE);
  }

  private ApplicationContextRunner runner(Class<?>... configurations) {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(InterlockAutoConfiguration.class))
        .withUserConfiguration(configurations)
        .withPropertyValues(
            "interlock.machines=" + folder.resolve("help"),
            "interlock.store=" + folder.resolve("cases.db"));
  }

  private static void unlocks(Interlock interlock, Directory directory) {
    var ana = interlock.as(new NamedPrincipals().of(() -> "ana@example.com"));
    String id = ana.start("help");
    ana.send(id, "My laptop is locked.");
    ana.untilRest(id, LIMIT);
    assertThat(ana.conversation(id)).last().extracting("text").isEqualTo("Try now.");
    assertThat(directory.unlocked).containsExactly("L-42 of ana@example.com");
  }

  // ---- tools

  @Test
  void beanIsTheServerOfItsName() {
    runner(Model.class, ByName.class)
        .run(
            context -> unlocks(context.getBean(Interlock.class), context.getBean(Directory.class)));
  }

  @Test
  void beanIsTheServerOfItsAnnotation() {
    runner(Model.class, ByAnnotation.class)
        .run(
            context -> unlocks(context.getBean(Interlock.class), context.getBean(Directory.class)));
  }

  @Test
  void proxiedBeanIsCalledThroughItsProxy() {
    runner(Model.class, Proxied.class)
        .run(context -> {
          Directory proxy = context.getBean(Directory.class);
          Object target = ((Advised) proxy).getTargetSource().getTarget();
          unlocks(context.getBean(Interlock.class), (Directory) Objects.requireNonNull(target));
        });
  }

  @Test
  void beansThatNoMachineNamesAreLeftAlone() {
    runner(Model.class, ByName.class, Others.class)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void serverWithoutABeanIsAnErrorThatNamesTheBeans() {
    runner(Model.class, Unnamed.class)
        .run(context ->
            assertThat(context).getFailure().rootCause().hasMessageContaining("machine.yaml:4:3"));
    runner(Model.class, Unnamed.class)
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasStackTraceContaining("found directory (server `directory`)")
                .hasStackTraceContaining("@ToolServer"));
  }

  @Test
  void serverWithTwoBeansIsAnErrorThatNamesBoth() {
    runner(Model.class, ByName.class, ByAnnotation.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("[it, directory]")
                .hasMessageContaining("as the server `it`, expected one"));
  }

  // ---- what else it is made of

  @Test
  void applicationsOwnInterlockTakesItsPlace() {
    runner(Model.class)
        .withPropertyValues("interlock.machines=")
        .withBean(
            Interlock.class,
            () ->
                Interlock.open(folder.resolve("own.db"))
                    .machine(folder.resolve("help"))
                    .tools("it", new Directory())
                    .model(new Model().model())
                    .open())
        .run(context -> {
          assertThat(context.getBean(Interlock.class).machines()).containsExactly("help");
          assertThat(folder.resolve("cases.db")).doesNotExist();
        });
  }

  @Test
  void nothingIsMadeIfItIsNotEnabled() {
    runner()
        .withPropertyValues("interlock.enabled=false")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Interlock.class));
  }

  @Test
  void withoutMachineItSaysWhatToWrite() {
    runner(Model.class)
        .withPropertyValues("interlock.machines=")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("interlock.machines="));
  }

  @Test
  void withoutModelItSaysWhatToWrite() {
    runner(ByName.class)
        .run(context ->
            assertThat(context).getFailure().rootCause().hasMessageContaining("found no model"));
  }

  /** A model of LangChain4j's, which says one thing. */
  static class Theirs implements dev.langchain4j.model.chat.ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest request) {
      return ChatResponse.builder().aiMessage(AiMessage.from("Theirs.")).build();
    }
  }

  private static String answer(Interlock interlock) {
    var ana = interlock.as(new NamedPrincipals().of(() -> "ana@example.com"));
    String id = ana.start("help");
    ana.send(id, "Hello.");
    ana.untilRest(id, LIMIT);
    return ana.conversation(id).getLast().text();
  }

  @Test
  void modelOfLangChain4jIsTakenWhereNothingElseSaysWhich() throws IOException {
    runner(ByName.class)
        .withBean(Theirs.class)
        .run(context -> assertThat(answer(context.getBean(Interlock.class))).isEqualTo("Theirs."));
    Files.writeString(folder.resolve("help/interlock.yaml"), "model: {scripted: mine.yaml}");
    Files.writeString(folder.resolve("help/mine.yaml"), "replies: [Mine.]");
    runner(ByName.class)
        .withBean(Theirs.class)
        .run(context -> assertThat(answer(context.getBean(Interlock.class))).isEqualTo("Mine."));
  }

  @Test
  void modelOfPropertiesNeedsIdAndKey() {
    runner(ByName.class)
        .withPropertyValues("interlock.model.key=secret-key")
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("interlock.model.anthropic")
                .hasMessageNotContaining("secret-key"));
    runner(ByName.class)
        .withPropertyValues("interlock.model.key=secret-key", "interlock.model.anthropic=claude")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void variablesOfAMachinesConfigurationAreSpringsProperties() throws IOException {
    Files.writeString(folder.resolve("help/interlock.yaml"), "model: {scripted: \"${SCRIPT}\"}");
    Files.writeString(folder.resolve("help/mine.yaml"), "replies: [Good morning.]");
    runner(ByName.class)
        .withPropertyValues("SCRIPT=${THAT}.yaml", "THAT=mine", "BROKEN=${NOWHERE}")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void customizerSaysWhatNoPropertySays() {
    runner(Model.class)
        .withBean(InterlockCustomizer.class, () -> builder -> builder.tools("it", new Directory()))
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void machineMayLieInAJar() throws Exception {
    Path jar = folder.resolve("machines.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String directory : List.of("deep/", "deep/help/")) { // as a build writes them
        out.putNextEntry(new ZipEntry(directory));
      }
      for (Map.Entry<String, String> file :
          Map.of(
                  "deep/help/machine.yaml", MACHINE,
                  "deep/help/interlock.yaml", "model: {scripted: script.yaml}",
                  "deep/help/script.yaml",
                      "replies: [[{call: it.unlock, with: {laptop: L-42}}], Try now.]")
              .entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
      runner(ByName.class)
          .withClassLoader(loader)
          .withPropertyValues("interlock.machines=classpath:deep/help/")
          .run(context ->
              unlocks(context.getBean(Interlock.class), context.getBean(Directory.class)));
      runner(ByName.class)
          .withClassLoader(loader)
          .withPropertyValues("interlock.machines=classpath:help")
          .run(context ->
              assertThat(context)
                  .getFailure()
                  .rootCause()
                  .hasMessageContaining("found no machine.yaml in classpath:help"));
    }
  }

  /** The table in docs/APPLICATION.md has each property, and each has words for editors. */
  @Test
  void everyPropertyIsDescribed() throws Exception {
    String docs = Files.readString(Path.of("../docs/APPLICATION.md"));
    var metadata =
        tools.jackson.databind.json.JsonMapper.shared()
            .readTree(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));

    assertThat(metadata.at("/properties").valueStream())
        .hasSizeGreaterThan(8)
        .allSatisfy(property -> {
          assertThat(docs).contains("`" + property.at("/name").asString() + "`");
          assertThat(property.at("/description").asString()).isNotBlank();
        });
  }
}

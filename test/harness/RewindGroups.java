import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;

/** Sets every consumer group whose name begins with a prefix back to the first records of its topics: BROKERS PREFIX. */
public class RewindGroups {
  public static void main(String[] args) throws Exception {
    try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]))) {
      for (var group : admin.listGroups().all().get())
        if (group.groupId().startsWith(args[1])) rewind(admin, group.groupId());
    }
  }

  private static void rewind(Admin admin, String group) throws Exception {
    // The members of a service that was stopped are gone; those of one that was killed, when their session ends.
    while (describe(admin, group) != GroupState.EMPTY) Thread.sleep(500);
    var places = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().keySet();
    var asked = places.stream().collect(Collectors.toMap(place -> place, place -> OffsetSpec.earliest()));
    Map<TopicPartition, OffsetAndMetadata> earliest = new HashMap<>();
    for (var found : admin.listOffsets(asked).all().get().entrySet())
      earliest.put(found.getKey(), new OffsetAndMetadata(found.getValue().offset()));
    admin.alterConsumerGroupOffsets(group, earliest).all().get();
    System.out.println(group + " " + earliest.size());
  }

  private static GroupState describe(Admin admin, String group) throws Exception {
    return admin.describeConsumerGroups(java.util.List.of(group)).all().get().get(group).groupState();
  }
}

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes with Kafka's own client, which writes every compression: `Produce BROKERS TOPIC`, lines of
 * `codec TAB key TAB base64` on standard input, all of one codec in one batch; `partition TAB offset` of each on standard
 * output.
 */
public class Produce {
  public static void main(String[] args) throws Exception {
    Map<String, List<ProducerRecord<String, byte[]>>> batches = new LinkedHashMap<>();
    for (String line : new String(System.in.readAllBytes()).lines().toList()) {
      String[] parts = line.split("\t");
      ProducerRecord<String, byte[]> record =
          new ProducerRecord<>(args[1], parts[1], Base64.getDecoder().decode(parts[2]));
      record.headers().add("content-type", "application/cloudevents+json; charset=UTF-8".getBytes());
      batches.computeIfAbsent(parts[0], codec -> new ArrayList<>()).add(record);
    }
    for (Map.Entry<String, List<ProducerRecord<String, byte[]>>> batch : batches.entrySet())
      publish(args[0], batch.getKey(), batch.getValue());
  }

  private static void publish(String brokers, String codec, List<ProducerRecord<String, byte[]>> records)
      throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("compression.type", codec);
    settings.put("linger.ms", "200");
    settings.put("acks", "all");
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (ProducerRecord<String, byte[]> record : records) sent.add(producer.send(record));
      for (Future<RecordMetadata> one : sent) {
        RecordMetadata place = one.get();
        System.out.println(place.partition() + "\t" + place.offset());
      }
    }
  }
}
